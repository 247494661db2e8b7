using System.Globalization;
using System.Text.Json.Nodes;
using Argosy.Cli.Client;
using Argosy.Engine.Cron;
using Argosy.Engine.Simulation;
using Argosy.Engine.Workflows;

namespace Argosy.Cli.Manifests;

/// <summary>What the files of a simulation hold: something to run, and what it refers to.</summary>
internal sealed class SimulatedFiles(IReadOnlyList<SourcedManifest> manifests)
{
    // As upstream's examples are written down once they ran: hello-world- becomes hello-world-x.
    private const string GeneratedSuffix = "x";

    private static readonly string[] Runnable = ["WorkflowTemplate", "ClusterWorkflowTemplate", "CronWorkflow"];

    private readonly List<string> assumptions = [];

    /// <summary>What the simulation had to take for granted, for people; each once.</summary>
    public IEnumerable<string> Assumptions => assumptions.Distinct();

    /// <summary>The first Workflow among them, else the one template or CronWorkflow, as the Workflow that it stands for.</summary>
    /// <param name="name">The manifest to run, where there are several.</param>
    /// <exception cref="CommandException">There is none, or several templates.</exception>
    public JsonObject Choose(string? name)
    {
        if (Candidates(name, "Workflow") is [var first, .. var rest])
        {
            if (rest.Count > 0)
            {
                assumptions.Add($"of several workflows the first runs, {first.Name}; --run NAME chooses another: {string.Join(", ", rest.Select(other => other.Name))}");
            }

            return AsWorkflow(first);
        }

        var candidates = Candidates(name, Runnable);
        return candidates switch
        {
            [var only] => AsWorkflow(only),
            [] when name is not null => throw new CommandException($"no {name} to run; there are {Listed(Candidates(null, ["Workflow", .. Runnable]))}"),
            [] => throw new CommandException("nothing to run: no Workflow, and no template or CronWorkflow that one could be made from"),
            _ => throw new CommandException($"several things to run: {Listed(candidates)}; choose one with --run NAME"),
        };
    }

    /// <summary>What the workflow reads: a ConfigMap's data or a template's spec; null: it is not among the files.</summary>
    public JsonObject? Find(ResourceRef resource)
    {
        var json = manifests.FirstOrDefault(manifest => manifest.Kind == resource.Kind.ToString() && manifest.Json.Text("metadata", "name") == resource.Name)?.Json;
        if (json is null && resource.Kind == ResourceRefKind.ConfigMap
            && AssumedConfigMaps.Find(resource.Name, manifests.Select(manifest => manifest.Json)) is { } assumed)
        {
            assumptions.Add($"ConfigMap {resource.Name} is not among the files; it counts as existing, with {string.Join(", ", assumed.Select(pair => $"{pair.Key}=\"{pair.Value}\""))}");
            return assumed;
        }

        return json?[resource.Kind == ResourceRefKind.ConfigMap ? "data" : "spec"]?.DeepClone() as JsonObject;
    }

    /// <summary>
    /// Gives the workflow the name it runs under: its own, else the name that the outcomes speak of where they agree on one that begins as
    /// it should, else the beginning and an x.
    /// </summary>
    public static void Name(JsonObject workflow, IEnumerable<string> outcomes)
    {
        var metadata = workflow.Ensure("metadata");
        if (metadata.Text("name") is { Length: > 0 })
        {
            return;
        }

        var stem = metadata.Text("generateName") is { Length: > 0 } given ? given : "workflow-";
        var spoken = outcomes.Where(name => name.StartsWith(stem, StringComparison.Ordinal))
            .Select(name => stem + string.Concat(name[stem.Length..].TakeWhile(char.IsAsciiLetterOrDigit)))
            .Distinct().ToList();
        metadata["name"] = spoken is [{ } one] && one.Length > stem.Length ? one : stem + GeneratedSuffix;
    }

    private List<SourcedManifest> Candidates(string? name, params string[] kinds) =>
        [.. manifests.Where(manifest => kinds.Contains(manifest.Kind) && (name is null || manifest.Name == name))];

    private static string Listed(IEnumerable<SourcedManifest> manifests) =>
        string.Join(", ", manifests.Select(manifest => $"{manifest.Kind} {manifest.Name}"));

    private static JsonObject AsWorkflow(SourcedManifest manifest) => manifest.Kind switch
    {
        "Workflow" => (JsonObject)manifest.Json.DeepClone(),
        "CronWorkflow" => Scheduled(Made(
            manifest,
            manifest.Json.At("spec", "workflowSpec")?.DeepClone(),
            manifest.Json.At("spec", "workflowMetadata") as JsonObject)),
        _ => Made(
            manifest,
            new JsonObject { ["workflowTemplateRef"] = new JsonObject { ["name"] = manifest.Name, ["clusterScope"] = manifest.Kind == "ClusterWorkflowTemplate" } },
            manifest.Json.At("spec", "workflowMetadata") as JsonObject),
    };

    // A child knows the instant it was due; in a simulation that is when it begins.
    private static JsonObject Scheduled(JsonObject workflow)
    {
        workflow.Ensure("metadata").Ensure("annotations")[CronWorkflow.ScheduledTimeAnnotation] =
            Simulator.Beginning.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
        return workflow;
    }

    private static JsonObject Made(SourcedManifest from, JsonNode? spec, JsonObject? shared)
    {
        var metadata = new JsonObject { ["generateName"] = from.Name + "-" };
        foreach (var field in new[] { "labels", "annotations" })
        {
            if (shared?[field] is { } values)
            {
                metadata[field] = values.DeepClone();
            }
        }

        return new JsonObject { ["apiVersion"] = "argoproj.io/v1alpha1", ["kind"] = "Workflow", ["metadata"] = metadata, ["spec"] = spec ?? new JsonObject() };
    }
}
