using System.Text;
using Argosy.Contracts.Agents;

namespace Argosy.ClusterAgent.Executors;

/// <summary>A step's outputs, as a report tells them.</summary>
/// <param name="Problem">What went wrong around the command, for people; null: nothing.</param>
public sealed record ExecutorOutputs(
    string? Result, IReadOnlyDictionary<string, string> Parameters, IReadOnlyList<StoredArtifact> Artifacts, string? Progress, string? Problem)
{
    private const int MostBytes = 32 * 1024 * 1024;

    /// <summary>Nothing at all: of a pod that had no executor, or whose executor could not say anything.</summary>
    public static ExecutorOutputs None { get; } = new(null, new Dictionary<string, string>(), [], null, null);

    /// <summary>Takes outputs out of a termination message, and what did not fit into it from the hub.</summary>
    /// <param name="declared">The outputs that the intent names: an artifact has its location from there.</param>
    /// <remarks>Throws what the hub throws when it cannot be asked: the caller asks again later. What it refuses is lost.</remarks>
    public static async Task<ExecutorOutputs> ResolveAsync(
        TerminationMessage message, AttemptKey key, IReadOnlyList<ArtifactTransfer> declared, IHubLink hub, CancellationToken cancellationToken)
    {
        if (message.Overflow is not { } overflow)
        {
            return Of(message, message.Error, declared);
        }

        try
        {
            var whole = TerminationMessage.Read(await FetchAsync(overflow, key, hub, cancellationToken));
            return whole is null
                ? None with { Problem = Joined(message.Error, "the outputs that were stored with the hub cannot be read") }
                : Of(whole, message.Error, declared);
        }
        catch (Exception lost) when (lost is ArtifactMissingException or ArtifactLocationException or ArtifactDigestException or HubRefusedException)
        {
            return None with { Problem = Joined(message.Error, $"the outputs that were stored with the hub are lost: {lost.Message}") };
        }
    }

    private static async Task<string> FetchAsync(OverflowMessage overflow, AttemptKey key, IHubLink hub, CancellationToken cancellationToken)
    {
        var artifact = OverflowArtifact.Of(key);
        artifact.Digest = overflow.Digest;
        await using var content = await hub.OpenArtifactAsync(key, artifact, cancellationToken);
        using var bytes = new MemoryStream();
        var buffer = new byte[64 * 1024];
        while (await content.ReadAsync(buffer, cancellationToken) is > 0 and var read && bytes.Length <= MostBytes)
        {
            bytes.Write(buffer, 0, read);
        }

        return Encoding.UTF8.GetString(bytes.GetBuffer(), 0, (int)bytes.Length);
    }

    private static ExecutorOutputs Of(TerminationMessage message, string? problem, IReadOnlyList<ArtifactTransfer> declared)
    {
        List<StoredArtifact> artifacts = [];
        foreach (var left in message.Artifacts ?? [])
        {
            if (declared.FirstOrDefault(artifact => artifact.Name == left.Name) is { } known)
            {
                artifacts.Add(new StoredArtifact { Name = known.Name, LocationJson = known.LocationJson, Digest = left.Digest ?? "", Size = left.Size });
            }
        }

        return new ExecutorOutputs(message.Result, message.Parameters ?? new Dictionary<string, string>(), artifacts, message.Progress, problem);
    }

    private static string Joined(string? error, string problem) => error is null ? problem : $"{error}; {problem}";
}
