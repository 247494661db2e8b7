using System.Text.Json.Nodes;
using Argosy.Engine.Manifests;

namespace Argosy.Engine.Validation;

/// <summary>
/// One validation of one manifest: what it found, what is known everywhere, and which templates are still to be looked at. Each template
/// is looked at once, wherever it is referred to from, so that recursive templates end.
/// </summary>
internal sealed class ValidationRun(Problems problems, ITemplateLookup lookup, ValidationOptions options, string @namespace)
{
    private readonly Dictionary<string, TemplateHome?> homes = new(StringComparer.Ordinal);
    private readonly HashSet<(string Home, string Template)> seen = [];
    private readonly Queue<(TemplateHome Home, JsonObject Template, string Path)> waiting = new();

    public Problems Problems => problems;

    public ValidationOptions Options => options;

    /// <summary>Variables that are known everywhere.</summary>
    public Scope Globals { get; } = new();

    /// <summary>Whether a workflow template is validated on its own: parameters may come from the workflow that uses it.</summary>
    public bool OfTemplate { get; init; }

    /// <summary>The home of a workflow template, or null when there is none.</summary>
    public TemplateHome? FindHome(bool clusterScope, string name)
    {
        var key = (clusterScope ? "cluster/" : "namespaced/") + name;
        if (!homes.TryGetValue(key, out var home))
        {
            var spec = lookup.FindTemplate(clusterScope, @namespace, name)?.ObjectAt("spec");
            homes[key] = home = spec == null ? null : new TemplateHome(key, spec);
        }

        return home;
    }

    /// <summary>What a step, task or the like refers to.</summary>
    public Reference Resolve(JsonObject holder, TemplateHome home)
    {
        var name = holder.TextAt("template") ?? "";
        if (holder.ObjectAt("inline") is { } inline)
        {
            return new(inline, home);
        }

        if (holder.ObjectAt("templateRef") is not { } templateRef)
        {
            return Tags.In(name) ? new(null, home) : new(home.Find(name), home, home.Find(name) == null ? $"template name '{name}' undefined" : null);
        }

        var (where, which) = (templateRef.TextAt("name") ?? "", templateRef.TextAt("template") ?? "");
        return (name, where, which) switch
        {
            ({ Length: > 0 }, _, _) => new(null, home, "template name cannot be specified with templateRef"),
            (_, "", _) => new(null, home, "resource name is required"),
            (_, _, "") => new(null, home, "template name is required"),
            _ when Tags.In(where) || Tags.In(which) => new(null, home),
            _ => ResolveElsewhere(templateRef.FlagAt("clusterScope"), where, which, home),
        };
    }

    /// <summary>Lets a template be looked at, unless it has been.</summary>
    public void Visit(TemplateHome home, JsonObject template, string path)
    {
        if (seen.Add((home.Key, template.TextAt("name") ?? path)))
        {
            waiting.Enqueue((home, template, path));
        }
    }

    public bool TryTake(out (TemplateHome Home, JsonObject Template, string Path) next) => waiting.TryDequeue(out next);

    /// <summary>Reports the texts' tags that neither the scope nor the whole workflow knows.</summary>
    public void CheckTags(IEnumerable<(string Path, string Text)> texts, Scope scope, string prefix)
    {
        foreach (var (path, text) in texts)
        {
            foreach (var tag in Tags.Simple(text))
            {
                var name = tag.Trim();
                if (Tags.MustResolve(name) && !scope.Has(name) && !Globals.Has(name) && !IsLate(name))
                {
                    problems.Add(path, $"{prefix}failed to resolve {{{{{tag}}}}}");
                }
            }
        }
    }

    /// <summary>Variables that only the running workflow knows.</summary>
    private bool IsLate(string name) =>
        name.StartsWith("outputs.", StringComparison.Ordinal)
        || name.StartsWith("workflow.creationTimestamp", StringComparison.Ordinal)
        || name.StartsWith("workflow.scheduledTime", StringComparison.Ordinal)
        || name.StartsWith("workflow.duration", StringComparison.Ordinal)
        || name is "steps.name" or "tasks.name"
        || (OfTemplate && name.StartsWith("workflow.parameters", StringComparison.Ordinal));

    private Reference ResolveElsewhere(bool clusterScope, string where, string which, TemplateHome from)
    {
        var home = FindHome(clusterScope, where);
        if (home == null && options.Offline)
        {
            return new(null, from);
        }

        var template = home?.Find(which);
        return new(template, home ?? from, template == null ? $"template reference {where}.{which} not found" : null);
    }
}
