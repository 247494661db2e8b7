namespace Argosy.ControlPlane.Cron;

/// <summary>The names of the workflows that carry a cron workflow's label. It may name some that are gone.</summary>
internal sealed class CronChildIndex
{
    private readonly Lock gate = new();
    private readonly Dictionary<(string Namespace, string Cron), HashSet<string>> children = [];

    public void Add(string @namespace, string cron, string child)
    {
        lock (gate)
        {
            if (!children.TryGetValue((@namespace, cron), out var names))
            {
                children[(@namespace, cron)] = names = new(StringComparer.Ordinal);
            }

            names.Add(child);
        }
    }

    public void Remove(string @namespace, string cron, string child)
    {
        lock (gate)
        {
            if (children.TryGetValue((@namespace, cron), out var names) && names.Remove(child) && names.Count == 0)
            {
                children.Remove((@namespace, cron));
            }
        }
    }

    public IReadOnlyList<string> Of(string @namespace, string cron)
    {
        lock (gate)
        {
            return children.TryGetValue((@namespace, cron), out var names) ? [.. names] : [];
        }
    }
}
