using System.Text.Json.Nodes;
using Argosy.Engine.Manifests;

namespace Argosy.Engine.Validation;

/// <summary>What is known about a step or task once it has run.</summary>
internal static class MemberScope
{
    private static readonly string[] AlwaysKnown = ["id", "startedAt", "finishedAt", "hostNodeName"];

    /// <param name="prefix"><c>steps.name</c> or <c>tasks.name</c>.</param>
    public static void Add(Scope scope, JsonObject? template, string prefix, bool loop)
    {
        foreach (var known in AlwaysKnown)
        {
            scope.Add($"{prefix}.{known}");
        }

        if (template == null)
        {
            scope.Open(prefix);
            return;
        }

        if (template.FlagAt("daemon"))
        {
            scope.Add($"{prefix}.ip");
        }

        scope.Add($"{prefix}.outputs.result");
        scope.Add($"{prefix}.exitCode");
        if (loop)
        {
            scope.Add($"{prefix}.outputs.parameters");
        }

        var outputs = template.ObjectAt("outputs") ?? [];
        foreach (var field in new[] { "parameters", "artifacts" })
        {
            foreach (var (_, output) in outputs.ObjectsAt(field))
            {
                scope.Add($"{prefix}.outputs.{field}.{output.TextAt("name")}");
            }
        }
    }
}
