using Argosy.Executor.Agents;
using Argosy.Executor.Digests;
using Argosy.Executor.Plans;
using Argosy.Packing;

namespace Argosy.Executor.Inputs;

/// <summary>Fetches input artifacts from the agent and unpacks them where the plan says; nothing is kept on the way.</summary>
/// <param name="agent">Who has them.</param>
/// <param name="marks">A folder for marks of what was delivered.</param>
internal sealed class InputDelivery(AgentClient agent, string marks)
{
    private const int MostTries = 3;

    /// <exception cref="ExecutorException">A wanted artifact is missing, damaged, or cannot be put there.</exception>
    public async Task DeliverAsync(IReadOnlyList<InputPlan> inputs, CancellationToken cancellationToken)
    {
        foreach (var input in inputs)
        {
            try
            {
                await DeliverAsync(input, cancellationToken);
            }
            catch (AgentRefusedException refused) when (refused.IsMissing && input.Optional)
            {
                // Not there and not needed: the step finds nothing at the path.
            }
            catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or ArtifactFormatException
                or ExecutorException or AgentRefusedException or AgentUnavailableException)
            {
                throw new ExecutorException($"input artifact \"{input.Name}\" could not be delivered to {input.Path}: {failure.Message}", failure);
            }
        }
    }

    private async Task DeliverAsync(InputPlan input, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(input.Target)!);
        Directory.CreateDirectory(marks);
        using var folder = new DeliveryFolder(input.Target, Path.Combine(marks, Uri.EscapeDataString(input.Name)));
        await FetchAsync(input, folder.Whole, cancellationToken);
        folder.Publish(input);
    }

    private async Task FetchAsync(InputPlan input, string place, CancellationToken cancellationToken)
    {
        var url = $"v1/inputs/{Uri.EscapeDataString(input.Name)}";
        try
        {
            for (var tries = 1; ; tries++)
            {
                var digest = await agent.AskAsync(
                    HttpMethod.Get, url, () => null, (stored, cancelled) => UnpackAsync(stored, place, input.Archive, cancelled), cancellationToken);
                if (input.Digest.Length == 0 || digest == input.Digest)
                {
                    return;
                }

                if (tries == MostTries)
                {
                    throw new ExecutorException($"it is damaged: its bytes have sha256 {digest}, expected {input.Digest}");
                }
            }
        }
        catch (AgentRefusedException refused) when (refused.IsMissing)
        {
            // No object has this key, but some may lie below it: then it is a folder that was stored unpacked.
            var listing = await agent.AskJsonAsync(HttpMethod.Get, url + "/files", () => null, ExecutorJson.Default.FilesAnswer, cancellationToken);
            if (!listing.Known || listing.Files.Count == 0)
            {
                throw;
            }

            await FetchFolderAsync(url, listing.Files, place, cancellationToken);
        }
    }

    private static async Task<string> UnpackAsync(Stream stored, string place, string archive, CancellationToken cancellationToken)
    {
        Remove(place);
        await using var content = new DigestingStream(stored);
        await ArtifactPacking.UnpackAsync(content, place, archive, cancellationToken);
        return await content.FinishAsync(cancellationToken);
    }

    private async Task FetchFolderAsync(string url, IReadOnlyList<string> files, string place, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(place);
        foreach (var name in files)
        {
            var target = Path.GetFullPath(Path.Join(place, name));
            if (!target.StartsWith(place + "/", StringComparison.Ordinal))
            {
                throw new ExecutorException($"it has a file {name}, which would lie outside of it");
            }

            await agent.AskAsync(
                HttpMethod.Get,
                $"{url}/file?path={Uri.EscapeDataString(name)}",
                () => null,
                (stored, cancelled) => UnpackAsync(stored, target, "none", cancelled),
                cancellationToken);
        }
    }

    private static void Remove(string place)
    {
        if (Directory.Exists(place))
        {
            Directory.Delete(place, recursive: true);
        }
    }
}
