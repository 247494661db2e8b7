using System.Globalization;
using System.Text.Json.Nodes;
using Argosy.Cli.Client;

namespace Argosy.Cli.Manifests;

/// <summary>What the command line says over the manifest.</summary>
internal sealed record SubmitOverrides
{
    public string? Name { get; init; }

    public string? GenerateName { get; init; }

    public string? Entrypoint { get; init; }

    public string? ServiceAccount { get; init; }

    public int? Priority { get; init; }

    /// <summary>Labels as <c>a=b,c=d</c>.</summary>
    public string? Labels { get; init; }

    /// <summary>Annotations as <c>a=b,c=d</c>.</summary>
    public string? Annotations { get; init; }

    /// <summary>Each as <c>name=value</c>; the first of a name counts.</summary>
    public IReadOnlyList<string> Parameters { get; init; } = [];

    /// <summary>Changes the workflow.</summary>
    /// <exception cref="CommandException">A pair is not written as <c>name=value</c>.</exception>
    public void ApplyTo(JsonObject workflow)
    {
        var metadata = workflow.Ensure("metadata");
        if (Name is not null)
        {
            metadata["name"] = Name;
        }

        if (GenerateName is not null)
        {
            metadata["generateName"] = GenerateName;
            if (Name is null)
            {
                metadata.Remove("name");
            }
        }

        Overlay(metadata, "labels", Labels);
        Overlay(metadata, "annotations", Annotations);
        var spec = workflow.Ensure("spec");
        Set(spec, "entrypoint", Entrypoint);
        Set(spec, "serviceAccountName", ServiceAccount);
        if (Priority is { } priority)
        {
            spec["priority"] = priority;
        }

        SetParameters(spec);
    }

    /// <summary>The same for a workflow that the hub makes from a template.</summary>
    public JsonObject ToSubmitOptions()
    {
        var options = new JsonObject { ["parameters"] = new JsonArray([.. Pairs(Parameters).Select(pair => JsonValue.Create($"{pair.Name}={pair.Value}"))]) };
        Set(options, "name", Name);
        Set(options, "generateName", GenerateName);
        Set(options, "entryPoint", Entrypoint);
        Set(options, "serviceAccount", ServiceAccount);
        Set(options, "labels", Labels);
        Set(options, "annotations", Annotations);
        if (Priority is { } priority)
        {
            options["priority"] = priority;
        }

        return options;
    }

    private void SetParameters(JsonObject spec)
    {
        var given = Pairs(Parameters).ToList();
        if (given.Count == 0)
        {
            return;
        }

        var arguments = spec.Ensure("arguments");
        var others = arguments.Objects("parameters")
            .Where(parameter => given.TrueForAll(pair => pair.Name != parameter.Text("name")))
            .Select(parameter => parameter.DeepClone());
        arguments["parameters"] = new JsonArray(
            [.. given.Select(pair => new JsonObject { ["name"] = pair.Name, ["value"] = pair.Value }), .. others]);
    }

    private static IEnumerable<(string Name, string Value)> Pairs(IReadOnlyList<string> texts) => texts
        .Select(text => text.IndexOf('=', StringComparison.Ordinal) is > 0 and var at
            ? (text[..at], text[(at + 1)..])
            : throw new CommandException(string.Create(CultureInfo.InvariantCulture, $"expected parameter of the form: NAME=VALUE. Received: {text}")))
        .DistinctBy(pair => pair.Item1);

    private static void Overlay(JsonObject metadata, string field, string? pairs)
    {
        if (pairs is { Length: > 0 })
        {
            var target = metadata.Ensure(field);
            foreach (var (name, value) in Pairs(pairs.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)))
            {
                target[name] = value;
            }
        }
    }

    private static void Set(JsonObject target, string field, string? value)
    {
        if (value is not null)
        {
            target[field] = value;
        }
    }
}
