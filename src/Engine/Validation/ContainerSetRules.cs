using System.Text.Json.Nodes;
using Argosy.Engine.Manifests;

namespace Argosy.Engine.Validation;

/// <summary>Container sets: several containers in one pod.</summary>
internal sealed class ContainerSetRules(Problems problems, JsonObject template, string path, string name)
{
    private readonly JsonObject set = template.ObjectAt("containerSet") ?? [];
    private readonly string at = $"{path}.containerSet";
    private readonly string prefix = $"templates.{name}.containerSet.";

    public void Check()
    {
        var containers = set.ObjectsAt("containers").ToList();
        var names = containers.Select(container => container.Value.TextAt("name") ?? "").ToHashSet(StringComparer.Ordinal);
        if (containers.Count == 0)
        {
            problems.Add($"{at}.containers", $"{prefix}containers must have at least one container");
        }

        NameRules.CheckNames(problems, set, "containers", at, $"{prefix}containers", NameRules.FieldNameProblem);
        foreach (var (i, container) in containers)
        {
            CheckContainer(container, $"{at}.containers[{i}]", i, names);
        }

        CheckMounts();
        CheckCycles(containers.Select(container => container.Value));
        var passes = new[] { template.ObjectAt("inputs")?["artifacts"], template.ObjectAt("outputs")?["parameters"], template.ObjectAt("outputs")?["artifacts"] };
        if (passes.Any(list => list is JsonArray { Count: > 0 }) && !names.Contains("main"))
        {
            problems.Add($"{at}.containers", $"{prefix}containers must have a container named \"main\" for input or output");
        }
    }

    private void CheckContainer(JsonObject container, string where, int i, HashSet<string> names)
    {
        var own = container.TextAt("name") ?? "";
        if (TemplateRules.IsReserved(own))
        {
            problems.Add($"{where}.name", $"{prefix}containers[{i}].name '{own}' is reserved");
        }

        if (!container.Has("image"))
        {
            problems.Add($"{where}.image", $"{prefix}containers[{i}].image may not be empty");
        }

        foreach (var dependency in container.TextsAt("dependencies").Where(dependency => !names.Contains(dependency)))
        {
            problems.Add($"{where}.dependencies", $"{prefix}containers.{own} dependency '{dependency}' not defined");
        }
    }

    private void CheckMounts()
    {
        var mounted = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (i, mount) in set.ObjectsAt("volumeMounts"))
        {
            if (mount.TextAt("mountPath") is { } where && !mounted.TryAdd(where, $"volumeMounts.{mount.TextAt("name")}"))
            {
                problems.Add($"{at}.volumeMounts[{i}]", $"{prefix}volumeMounts[{i}].mountPath '{where}' already mounted in {mounted[where]}");
            }
        }
    }

    private void CheckCycles(IEnumerable<JsonObject> containers)
    {
        var graph = new DependencyGraph(containers
            .GroupBy(container => container.TextAt("name") ?? "", StringComparer.Ordinal)
            .ToDictionary(same => same.Key, same => same.First().TextsAt("dependencies").ToList(), StringComparer.Ordinal));
        if (graph.FindCycle() is { } cycle)
        {
            problems.Add($"{at}.containers", $"{prefix}containers dependency cycle detected: {string.Join("->", cycle)}");
        }
    }
}
