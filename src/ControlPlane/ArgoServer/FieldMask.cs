using System.Text.Json.Nodes;

namespace Argosy.ControlPlane.ArgoServer;

/// <summary>
/// The <c>fields</c> parameter: a comma-separated list of dotted paths that an answer keeps, or, when it begins with a minus, leaves out.
/// Paths go through arrays as if they were not there: <c>items.metadata.name</c>.
/// </summary>
internal sealed class FieldMask
{
    private readonly Branch root = new();
    private readonly bool excludes;

    private FieldMask(bool excludes) => this.excludes = excludes;

    public static FieldMask? Parse(string? fields)
    {
        if (string.IsNullOrWhiteSpace(fields))
        {
            return null;
        }

        var excludes = fields.StartsWith('-');
        var mask = new FieldMask(excludes);
        foreach (var path in fields.TrimStart('-').Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            mask.root.Add(path.TrimStart('-').Split('.'));
        }

        return mask;
    }

    /// <summary>A trimmed copy of the tree.</summary>
    public JsonNode Trim(JsonNode tree) => Trim(tree, root) ?? new JsonObject();

    private JsonNode? Trim(JsonNode? node, Branch branch) => node switch
    {
        JsonObject value => Trim(value, branch),
        JsonArray value => new JsonArray([.. value.Select(item => Trim(item, branch))]),
        _ => node?.DeepClone(),
    };

    private JsonObject Trim(JsonObject value, Branch branch)
    {
        var trimmed = new JsonObject();
        foreach (var (name, child) in value)
        {
            switch (branch.Children.GetValueOrDefault(name))
            {
                case null when excludes:
                    trimmed[name] = child?.DeepClone();
                    break;
                case null:
                case { IsEnd: true } when excludes:
                    break;
                case { IsEnd: true }:
                    trimmed[name] = child?.DeepClone();
                    break;
                case var deeper:
                    trimmed[name] = Trim(child, deeper);
                    break;
            }
        }

        return trimmed;
    }

    private sealed class Branch
    {
        public Dictionary<string, Branch> Children { get; } = [];

        public bool IsEnd { get; private set; }

        public void Add(ReadOnlySpan<string> path)
        {
            if (path.IsEmpty)
            {
                IsEnd = true;
                return;
            }

            if (!Children.TryGetValue(path[0], out var child))
            {
                Children[path[0]] = child = new Branch();
            }

            child.Add(path[1..]);
        }
    }
}
