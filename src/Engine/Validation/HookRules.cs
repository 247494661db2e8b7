using System.Text.Json.Nodes;
using Argosy.Engine.Manifests;

namespace Argosy.Engine.Validation;

/// <summary>Lifecycle hooks: all but the exit hook need to say when they run.</summary>
internal static class HookRules
{
    public static void Check(Problems problems, JsonObject owner, string path, string prefix)
    {
        foreach (var (name, hook) in owner.ObjectAt("hooks") ?? [])
        {
            if (name != "exit" && hook is JsonObject json && !json.Has("expression"))
            {
                problems.Add($"{path}.hooks.{name}", $"{prefix}.{name} Expression required");
            }
        }
    }

    public static bool HasExit(JsonObject owner) => owner.Has("onExit") || (owner.ObjectAt("hooks")?.ContainsKey("exit") ?? false);
}
