using System.Text.Json.Nodes;
using Argosy.Engine.Manifests;

namespace Argosy.Engine.Validation;

/// <summary>A step or task must refer to a template that is there, and give it what it needs.</summary>
internal sealed class CallRules(ValidationRun run, TemplateHome home)
{
    /// <summary>The template, or null when it is not known.</summary>
    public JsonObject? Check(JsonObject member, JsonObject arguments, string path, string prefix)
    {
        var reference = run.Resolve(member, home);
        if (reference.Problem != null)
        {
            run.Problems.Add(path, prefix + reference.Problem);
        }

        if (reference.Template is { } template)
        {
            InputRules.CheckSupplied(run.Problems, template, arguments, $"{path}.arguments", prefix);
            if (member["inline"] == null)
            {
                run.Visit(reference.Home, template, $"{path}.{(member["templateRef"] == null ? "template" : "templateRef")}");
            }
        }

        return reference.Template;
    }
}
