using System.Text.Json.Nodes;
using Argosy.Engine.Expressions;
using Argosy.Engine.Templates;

namespace Argosy.Engine.Workflows;

/// <summary>
/// Where a workflow's artifacts lie unless they say it themselves: in the repository that was chosen when it began
/// (<see cref="ArtifactRepositories"/>), else in the hub's own store.
/// </summary>
internal sealed class ArtifactRepository
{
    private const string DefaultKeyFormat = "{{workflow.name}}/{{pod.name}}";

    // The hub's own store outlives workflows of the same name, so its keys tell them apart.
    private const string EmbeddedKeyFormat = "{{workflow.namespace}}/{{workflow.name}}/{{workflow.uid}}/{{pod.name}}";

    private static readonly JsonObject Embedded = new() { ["embedded"] = new JsonObject() };

    private readonly ArtifactStorage storage;
    private readonly JsonObject location;
    private readonly string prefix;

    private ArtifactRepository(ArtifactStorage storage, JsonObject location, string prefix) =>
        (this.storage, this.location, this.prefix) = (storage, location, prefix);

    /// <summary>The repository as one pod sees it.</summary>
    /// <param name="archiveLocation">The template's own, rendered; it stands over the repository where it is complete.</param>
    /// <param name="variables">What key patterns may mention.</param>
    /// <exception cref="ExpressionException">The workflow's repository names no storage.</exception>
    public static ArtifactRepository Of(WorkflowState state, JsonObject? archiveLocation, IVariables variables)
    {
        if (ArtifactStorage.Of(archiveLocation) is var (own, given) && own.IsComplete(given))
        {
            return new ArtifactRepository(own, (JsonObject)given.DeepClone(), own.Key is { } field ? given.Text(field) ?? "" : "");
        }

        var (storage, found) = ArtifactStorage.Of(state.Belongings.ArtifactRepository ?? Embedded)
            ?? throw new ExpressionException("the workflow's artifact repository names no storage");
        var format = (storage.Format is null ? null : found.Text(storage.Format)) ?? DefaultFormat(storage, found.Text("keyPrefix"));
        var location = (JsonObject)found.DeepClone();
        location.Remove("keyPrefix");
        if (storage.Format is not null)
        {
            location.Remove(storage.Format);
        }

        return new ArtifactRepository(storage, location, TagText.Parse(format).Render(variables).Text.TrimEnd('/'));
    }

    /// <summary>Whether a repository asks for the logs of every pod.</summary>
    public static bool ArchivesLogs(WorkflowState state) => state.Belongings.ArtifactRepository.Bool("archiveLogs") ?? false;

    // keyPrefix is what repositories had before key formats.
    private static string DefaultFormat(ArtifactStorage storage, string? prefix) => storage.Field == "embedded" ? EmbeddedKeyFormat
        : string.IsNullOrEmpty(prefix) ? DefaultKeyFormat
        : $"{prefix}/{DefaultKeyFormat}";

    /// <summary>As <see cref="Place"/>, for an output: what is not packed keeps its file's name.</summary>
    public JsonObject PlaceOutput(JsonObject artifact)
    {
        var name = artifact.Text("name") ?? "";
        var file = (artifact.Object("archive")?.ContainsKey("none") ?? false) && storage.Field != "embedded" // whose keys are per artifact
            && Path.GetFileName((artifact.Text("path") ?? "").TrimEnd('/')) is { Length: > 0 } last
            ? last
            : name + ArtifactArchive.Extension(artifact);
        return Place(artifact, file);
    }

    /// <summary>Gives an artifact that only names a key, or nothing at all, its whole location.</summary>
    /// <param name="name">What its key ends with where it names none.</param>
    public JsonObject Place(JsonObject artifact, string name)
    {
        var placed = (JsonObject)artifact.DeepClone();
        var key = $"{prefix}/{name}";
        if (ArtifactStorage.Of(artifact) is var (named, wanted))
        {
            if (named.IsComplete(wanted))
            {
                return placed;
            }

            key = (named.Key is null ? null : wanted.Text(named.Key)) ?? key;
        }

        ArtifactStorage.Remove(placed);
        var here = (JsonObject)location.DeepClone();
        if (storage.Key is { } field)
        {
            here[field] = key;
        }

        placed[storage.Field] = here;
        return placed;
    }

    /// <summary>As <see cref="Place"/>, for a folder that is listed: without a key it is everything.</summary>
    public JsonObject PlaceFolder(JsonObject folder)
    {
        if (ArtifactStorage.Of(folder) is var (named, wanted) && named.Key is { } field && wanted.Text(field) is null)
        {
            folder = (JsonObject)folder.DeepClone();
            folder[named.Field]![field] = "";
        }

        return Place(folder, "");
    }
}

/// <summary>Whether a pod's logs are kept as artifacts.</summary>
internal static class PodLogs
{
    /// <remarks>A template's word stands over the workflow's; a repository that wants logs cannot be overruled.</remarks>
    public static bool AreArchived(WorkflowState state, JsonObject template) =>
        ArtifactRepository.ArchivesLogs(state)
        || (template.Object("archiveLocation").Bool("archiveLogs") ?? state.Spec!.Json.Bool("archiveLogs") ?? false);
}
