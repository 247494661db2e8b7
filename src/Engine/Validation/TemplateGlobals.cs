using System.Text.Json.Nodes;
using Argosy.Engine.Manifests;

namespace Argosy.Engine.Validation;

/// <summary>The outputs that templates export to the whole workflow by a globalName.</summary>
internal static class TemplateGlobals
{
    /// <summary>
    /// Makes known what the templates export, in whatever order they run. What a template exports that is not at hand, or under a name with
    /// a tag, is not known: then any global output counts as known.
    /// </summary>
    public static void Add(ValidationRun run, TemplateHome? home)
    {
        if (home == null)
        {
            run.Globals.Open("workflow.outputs");
            return;
        }

        var seen = new HashSet<JsonObject>();
        var waiting = new Queue<(JsonObject Template, TemplateHome Home)>(home.Templates.Select(template => (template, home)));
        while (waiting.TryDequeue(out var next))
        {
            if (!seen.Add(next.Template))
            {
                continue;
            }

            AddExports(run.Globals, next.Template);
            foreach (var holder in Holders(next.Template))
            {
                var reference = run.Resolve(holder, next.Home);
                if (reference.Template is { } template)
                {
                    waiting.Enqueue((template, reference.Home));
                }
                else if (reference.Problem == null)
                {
                    run.Globals.Open("workflow.outputs");
                }
            }
        }
    }

    /// <summary>The steps or tasks of a template, and their hooks.</summary>
    private static IEnumerable<JsonObject> Holders(JsonObject template)
    {
        var members = template.ListAt("steps").SelectMany(group => group.Value as JsonArray ?? []).OfType<JsonObject>()
            .Concat((template.ObjectAt("dag") ?? []).ObjectsAt("tasks").Select(task => task.Value));
        foreach (var member in members)
        {
            yield return member;
            foreach (var hook in (member.ObjectAt("hooks") ?? []).Select(hook => hook.Value).OfType<JsonObject>())
            {
                yield return hook;
            }
        }
    }

    private static void AddExports(Scope globals, JsonObject template)
    {
        var outputs = template.ObjectAt("outputs") ?? [];
        foreach (var field in new[] { "parameters", "artifacts" })
        {
            foreach (var (_, output) in outputs.ObjectsAt(field))
            {
                if (output.TextAt("globalName") is not { Length: > 0 } name)
                {
                    continue;
                }

                if (Tags.In(name))
                {
                    globals.Open($"workflow.outputs.{field}");
                }
                else
                {
                    globals.Add($"workflow.outputs.{field}.{name}");
                }
            }
        }
    }
}
