using System.Globalization;
using System.Text.Json.Nodes;
using Argosy.Cli.Client;
using Argosy.Cli.Manifests;
using Argosy.Cli.Output;
using Argosy.ControlPlane.Hosting;

namespace Argosy.Cli.Hub;

/// <summary>
/// The settings of an Argo controller, as its ConfigMap has them (<c>workflow-controller-configmap</c>: a key each, or all of them in the key
/// <c>config</c>), or as a file of these keys alone. What is for that controller's own workings is passed over.
/// </summary>
internal sealed class ControllerConfig
{
    private static readonly string[] Understood =
        ["workflowDefaults", "artifactRepository", "podGCDeleteDelayDuration", "parallelism", "namespaceParallelism", "namespace"];

    private readonly JsonObject settings;
    private readonly string path;

    private ControllerConfig(JsonObject settings, string path) => (this.settings, this.path) = (settings, path);

    /// <summary>Keys of the file that mean nothing to this hub.</summary>
    public IEnumerable<string> PassedOver => settings.Select(setting => setting.Key).Except(Understood).Order(StringComparer.Ordinal);

    /// <exception cref="CommandException">The file cannot be read, or is not such a file.</exception>
    public static async Task<ControllerConfig> ReadAsync(string path, TextReader input, CancellationToken cancellationToken)
    {
        var file = Objects(await ManifestFiles.ReadTextAsync(path, input, cancellationToken), path);
        var data = file.Text("kind") == "ConfigMap" ? file["data"] as JsonObject ?? [] : file;
        var settings = new JsonObject();
        foreach (var (key, value) in data.Text("config") is { } all ? Objects(all, $"{path}: config") : data)
        {
            settings[key] = Understood.Contains(key) && value.Text() is { } yaml && yaml.Contains(':', StringComparison.Ordinal)
                ? Objects(yaml, $"{path}: {key}") // a ConfigMap's values are text, and this one's are YAML
                : value?.DeepClone();
        }

        return new ControllerConfig(settings, path);
    }

    /// <exception cref="CommandException">A setting has not the type it must have.</exception>
    public HubOptions ApplyTo(HubOptions options) => options with
    {
        WorkflowDefaults = settings["workflowDefaults"]?.DeepClone() as JsonObject ?? options.WorkflowDefaults,
        ArtifactRepository = settings["artifactRepository"]?.DeepClone() as JsonObject ?? options.ArtifactRepository,
        PodGcDelay = settings.AnyText("podGCDeleteDelayDuration") is { } delay
            ? GoDuration.Parse(delay, $"{path}: podGCDeleteDelayDuration")
            : options.PodGcDelay,
        SystemNamespace = settings.Text("namespace") ?? options.SystemNamespace,
        Parallelism = Count("parallelism") ?? options.Parallelism,
        NamespaceParallelism = Count("namespaceParallelism") ?? options.NamespaceParallelism,
    };

    private int? Count(string key) => settings.AnyText(key) switch
    {
        null => null,
        var text when int.TryParse(text, CultureInfo.InvariantCulture, out var number) && number >= 0 => number,
        var text => throw new CommandException($"{path}: {key} must be a number of workflows, 0 for any, not {text}"),
    };

    private static JsonObject Objects(string yaml, string place)
    {
        try
        {
            return ManifestText.Read(yaml) is [var first, ..] ? first : [];
        }
        catch (BadManifestException malformed)
        {
            throw new CommandException($"{place} cannot be read: {malformed.Message}", malformed);
        }
    }
}
