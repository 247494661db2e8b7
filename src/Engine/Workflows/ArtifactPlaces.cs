using System.Text.Json.Nodes;
using Argosy.Engine.Expressions;
using Argosy.Engine.Templates;

namespace Argosy.Engine.Workflows;

/// <summary>
/// Where an artifact is kept. One that names its place whole is there; one that names only a key is there in the workflow's repository; an
/// output that names nothing gets a key below the template's archive location or the repository's key format.
/// </summary>
public static class ArtifactPlaces
{
    private const string DefaultKeyFormat = "{{workflow.name}}/{{pod.name}}";

    /// <summary>What has to be there for a location to be complete, beside its key; drivers that are not named need only what they name.</summary>
    private static readonly Dictionary<string, string> Essentials = new(StringComparer.Ordinal)
    {
        ["s3"] = "bucket", ["gcs"] = "bucket", ["oss"] = "bucket", ["azure"] = "container", ["hdfs"] = "addresses", ["plugin"] = "name",
    };

    /// <summary>An input's location: a single field named after its driver; null where it names none.</summary>
    public static JsonObject? OfInput(WorkflowState state, JsonObject artifact)
    {
        if (Artifact.Read(artifact).Location is not var (driver, location))
        {
            return null;
        }

        return IsComplete(driver, location) ? Of(driver, location) : WithKey(Repository(state), location.Text("key") ?? location.Text("blob") ?? "");
    }

    /// <summary>An output's location.</summary>
    public static JsonObject OfOutput(WorkflowState state, PodRequest pod, JsonObject artifact)
    {
        var own = Artifact.Read(artifact).Location;
        if (own is var (driver, location))
        {
            if (IsComplete(driver, location))
            {
                return location.ContainsKey(KeyField(driver)) || !Essentials.ContainsKey(driver)
                    ? Of(driver, location)
                    : WithKey(Of(driver, location), KeyBelow(state, pod, null, artifact));
            }

            if ((location.Text("key") ?? location.Text("blob")) is { Length: > 0 } key)
            {
                return WithKey(Base(state, pod), key);
            }
        }

        var basis = Base(state, pod);
        return WithKey(basis, KeyBelow(state, pod, basis, artifact));
    }

    /// <summary>The template's archive location where it is complete, else the workflow's repository.</summary>
    private static JsonObject Base(WorkflowState state, PodRequest pod) =>
        pod.Template.Object("archiveLocation") is { } archive && Artifact.Read(archive).Location is var (driver, location) && IsComplete(driver, location)
            ? Of(driver, location)
            : Repository(state);

    private static JsonObject Repository(WorkflowState state) =>
        state.Belongings.ArtifactRepository is { } repository && Artifact.Read(repository).Location is var (driver, location)
            ? Of(driver, location)
            : new JsonObject { ["embedded"] = new JsonObject() };

    private static string KeyBelow(WorkflowState state, PodRequest pod, JsonObject? basis, JsonObject artifact)
    {
        var name = artifact.Text("name") ?? "";
        var archive = artifact.Object("archive");
        var file = archive?.ContainsKey("none") ?? false
            ? Path.GetFileName((artifact.Text("path") ?? "").TrimEnd('/')) is { Length: > 0 } last ? last : name
            : name + (archive?.ContainsKey("zip") ?? false ? ".zip" : ".tgz");
        var driver = basis?.FirstOrDefault().Value as JsonObject;
        if (basis is not null && basis.ContainsKey("embedded") && !driver!.ContainsKey("keyFormat"))
        {
            // The hub's store is shared by all: its keys hold what tells runs of the same name apart.
            return $"{state.Namespace}/{state.Name}/{state.Uid}/{pod.PodName}/{name}{(archive?.ContainsKey("none") ?? false ? "" : Path.GetExtension(file))}";
        }

        var format = driver.Text("key") ?? driver.Text("keyFormat") ?? Prefixed(driver.Text("keyPrefix"));
        var variables = new LocalVariables(
            new Dictionary<string, string>(StringComparer.Ordinal) { ["pod.name"] = pod.PodName },
            new LayeredVariables(new InputVariables(pod.Inputs), new WorkflowVariables(state, state.StartedAt ?? state.CreatedAt)));
        return TagText.Parse(format).Render(variables).Text.TrimEnd('/') + "/" + file;
    }

    private static string Prefixed(string? prefix) => string.IsNullOrEmpty(prefix) ? DefaultKeyFormat : $"{prefix}/{DefaultKeyFormat}";

    private static bool IsComplete(string driver, JsonObject location) => !Essentials.TryGetValue(driver, out var essential) || location.ContainsKey(essential);

    private static string KeyField(string driver) => driver switch { "azure" => "blob", "hdfs" => "path", "artifactory" => "url", _ => "key" };

    private static JsonObject Of(string driver, JsonObject location) => new() { [driver] = location.DeepClone() };

    private static JsonObject WithKey(JsonObject place, string key)
    {
        var (driver, location) = place.First();
        location![KeyField(driver)] = key;
        ((JsonObject)location).Remove("keyFormat");
        ((JsonObject)location).Remove("keyPrefix");
        return place;
    }
}
