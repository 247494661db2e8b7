using System.Text.Json;
using Argosy.Contracts.Agents;

namespace Argosy.ClusterAgent.Podless;

/// <summary>
/// A <c>data</c> template: what lies below a location of the artifact store. The agent reports the files; what the template's expressions
/// make of them is worked out where expressions are.
/// </summary>
internal sealed class DataTemplate(IHubLink hub) : IPodlessTemplate
{
    public string Field => "data";

    public async Task<NodeReport> RunAsync(PodIntent intent, JsonElement body, CancellationToken cancellationToken)
    {
        if (!body.TryGetProperty("source", out var source) || !source.TryGetProperty("artifactPaths", out var location))
        {
            throw new PodlessException("a data template needs source.artifactPaths");
        }

        var listed = new ArtifactTransfer { Name = "artifactPaths", LocationJson = location.GetRawText() };
        var files = await hub.ListArtifactAsync(intent.Key, listed, cancellationToken)
            ?? throw new PodlessException($"source.artifactPaths: its storage cannot list what it holds: {listed.LocationJson}");
        var list = new FileList();
        list.Paths.Add(files);
        return new NodeReport { Key = intent.Key, Phase = PodPhase.PodSucceeded, Files = list };
    }
}
