using System.Text;
using Argosy.Contracts.Agents;
using Argosy.ControlPlane.Artifacts;
using Argosy.ControlPlane.Clusters;
using Argosy.ControlPlane.Resources;
using Orleans;

namespace Argosy.ControlPlane.Dispatch;

/// <summary>What agents talk to; embedded agents hold it directly.</summary>
internal sealed class HubLink(
    IResources resources, IArtifacts artifacts, ResourceWork work, AgentSessions sessions, ReportIntake intake, IGrainFactory grains) : IHubLink
{
    public async Task<IAgentSession> ConnectAsync(Hello hello, IAgentServices services, CancellationToken cancellationToken) =>
        await OpenAsync(hello, services, certificateExpires: null, cancellationToken);

    /// <param name="certificateExpires">When the certificate that the agent showed is no longer good; null: it needs none.</param>
    public async Task<AgentSession> OpenAsync(
        Hello hello, IAgentServices services, DateTimeOffset? certificateExpires, CancellationToken cancellationToken)
    {
        if (await resources.FindAsync(new ResourceKey(Kinds.Cluster, null, hello.Cluster), cancellationToken) is null)
        {
            throw new HubRefusedException($"the hub knows no cluster '{hello.Cluster}': declare it (kind Cluster, argosy.io/v1alpha1) before its agent connects");
        }

        var session = await sessions.OpenAsync(hello, services, intake, certificateExpires);
        try
        {
            await session.SendAsync(new HubMessage { Welcome = new Welcome { Cluster = hello.Cluster, Epoch = session.Epoch } });
            await grains.GetGrain<IClusterGrain>(hello.Cluster).Connected((long)session.Epoch, [.. hello.Inventory], [.. hello.Workflows]);
            return session;
        }
        catch
        {
            await session.DisposeAsync(); // or it would pass for a live one
            throw;
        }
    }

    public Task<Stream> OpenArtifactAsync(AttemptKey reader, ArtifactTransfer artifact, CancellationToken cancellationToken) =>
        artifacts.OpenAsync(reader.Namespace, artifact, cancellationToken);

    public Task<StoredArtifact> StoreArtifactAsync(
        AttemptKey writer, ArtifactTransfer artifact, Stream content, CancellationToken cancellationToken) =>
        artifacts.StoreAsync(writer.Namespace, artifact, content, cancellationToken);

    public Task<IReadOnlyList<string>?> ListArtifactAsync(AttemptKey reader, ArtifactTransfer artifact, CancellationToken cancellationToken) =>
        artifacts.ListAsync(reader.Namespace, artifact, cancellationToken);

    public Task<NodeReport> ActOnResourceAsync(PodIntent intent, CancellationToken cancellationToken) => work.DoAsync(intent, cancellationToken);

    public async Task<IReadOnlyDictionary<string, string>?> ReadConfigurationAsync(
        ConfigurationKind kind, string @namespace, string name, CancellationToken cancellationToken)
    {
        var resource = kind == ConfigurationKind.Secret ? Kinds.Secret : Kinds.ConfigMap;
        var found = await resources.FindAsync(new ResourceKey(resource, @namespace, name), cancellationToken);
        return found is null ? null : ConfigurationData.Of(found, kind);
    }
}

/// <summary>The values of a ConfigMap or a Secret, decoded.</summary>
internal static class ConfigurationData
{
    public static IReadOnlyDictionary<string, string> Of(System.Text.Json.Nodes.JsonObject found, ConfigurationKind kind)
    {
        var values = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (key, value) in found["data"] as System.Text.Json.Nodes.JsonObject ?? [])
        {
            var text = value?.GetValue<string>() ?? "";
            values[key] = kind == ConfigurationKind.Secret ? Encoding.UTF8.GetString(Convert.FromBase64String(text)) : text;
        }

        foreach (var (key, value) in found["stringData"] as System.Text.Json.Nodes.JsonObject ?? [])
        {
            values[key] = value?.GetValue<string>() ?? "";
        }

        return values;
    }
}
