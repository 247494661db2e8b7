using System.IO.Pipelines;
using System.Text;
using Argosy.Contracts.Agents;
using Argosy.Packing;

namespace Argosy.ClusterAgent.Embedded.Transfers;

/// <summary>What a pod left of what its template promises.</summary>
internal sealed record CollectedOutputs(
    IReadOnlyDictionary<string, string> Parameters, IReadOnlyList<StoredArtifact> Artifacts, string? Result, IReadOnlyList<string> Problems);

/// <summary>Takes parameters, artifacts and the result out of a pod whose main containers have ended.</summary>
internal sealed class OutputCollector(IHubLink hub)
{
    /// <summary>A result longer than this keeps its end, as Argo's does.</summary>
    private const int LongestResult = 256 * 1024;

    /// <summary>Collects what is there; what is missing and has no default is a problem, and the rest is collected all the same.</summary>
    /// <param name="intent">What is promised.</param>
    /// <param name="files">Where the pod left it.</param>
    /// <param name="mainOutput">The main container's standard output.</param>
    /// <param name="logOf">Answers the file with the whole log of a container.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<CollectedOutputs> CollectAsync(
        PodIntent intent, PodFiles files, string mainOutput, Func<string, Task<string>> logOf, CancellationToken cancellationToken)
    {
        var problems = new List<string>();
        var parameters = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var parameter in intent.OutputParameters)
        {
            if (await ReadAsync(parameter, files, problems, cancellationToken) is { } value)
            {
                parameters[parameter.Name] = value;
            }
        }

        var artifacts = new List<StoredArtifact>();
        foreach (var artifact in intent.OutputArtifacts)
        {
            if (await StoreAsync(intent.Key, artifact, files, logOf, problems, cancellationToken) is { } stored)
            {
                artifacts.Add(stored);
            }
        }

        var result = intent.CaptureResult ? await ReadResultAsync(mainOutput, cancellationToken) : null;
        return new CollectedOutputs(parameters, artifacts, result, problems);
    }

    private static async Task<string?> ReadAsync(
        OutputParameter parameter, PodFiles files, List<string> problems, CancellationToken cancellationToken)
    {
        try
        {
            var file = files.Find(parameter.Path);
            if (File.Exists(file))
            {
                return WithoutLastNewline(await File.ReadAllTextAsync(file, cancellationToken));
            }

            if (parameter.HasDefault)
            {
                return parameter.Default;
            }

            problems.Add($"output parameter \"{parameter.Name}\": no file at {parameter.Path}, and it has no default");
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            problems.Add($"output parameter \"{parameter.Name}\": {parameter.Path} cannot be read: {e.Message}");
        }

        return null;
    }

    private async Task<StoredArtifact?> StoreAsync(
        AttemptKey writer, ArtifactTransfer artifact, PodFiles files, Func<string, Task<string>> logOf, List<string> problems, CancellationToken cancellationToken)
    {
        try
        {
            var path = artifact.LogOf.Length > 0 ? await logOf(artifact.LogOf) : files.Find(artifact.Path);
            if (Path.Exists(path))
            {
                return artifact.Archive == "none" && Directory.Exists(path)
                    ? await StoreFolderAsync(writer, artifact, path, cancellationToken)
                    : await StoreAsync(writer, artifact, path, cancellationToken);
            }

            if (!artifact.Optional)
            {
                problems.Add($"output artifact \"{artifact.Name}\": nothing at {artifact.Path}");
            }
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            problems.Add($"output artifact \"{artifact.Name}\" of {artifact.Path} could not be stored: {e.Message}");
        }

        return null;
    }

    /// <summary>A folder that is wanted unpacked becomes one object for each of its files, below the location's key.</summary>
    private async Task<StoredArtifact> StoreFolderAsync(AttemptKey writer, ArtifactTransfer artifact, string folder, CancellationToken cancellationToken)
    {
        var stored = new StoredArtifact { Name = artifact.Name, LocationJson = artifact.LocationJson };
        foreach (var path in PlainFolder.Files(folder))
        {
            var file = artifact.Clone();
            file.File = Path.GetRelativePath(folder, path);
            await using var content = File.OpenRead(path);
            stored.Size += (await hub.StoreArtifactAsync(writer, file, content, cancellationToken)).Size;
        }

        return stored;
    }

    /// <summary>Packs and stores at the same time, so that an artifact needs no second place on this machine's disk.</summary>
    private async Task<StoredArtifact> StoreAsync(AttemptKey writer, ArtifactTransfer artifact, string path, CancellationToken cancellationToken)
    {
        var pipe = new Pipe();
        var packing = Task.Run(
            async () =>
            {
                try
                {
                    await using var packed = pipe.Writer.AsStream(leaveOpen: true);
                    await ArtifactPacking.PackAsync(path, artifact.Archive, artifact.CompressionLevel, packed, cancellationToken);
                    await packed.FlushAsync(cancellationToken);
                    await pipe.Writer.CompleteAsync();
                }
                catch (Exception e)
                {
                    await pipe.Writer.CompleteAsync(e);
                }
            },
            CancellationToken.None);
        await using var content = pipe.Reader.AsStream();
        try
        {
            return await hub.StoreArtifactAsync(writer, artifact, content, cancellationToken);
        }
        finally
        {
            await pipe.Reader.CompleteAsync();
            await packing;
        }
    }

    private static async Task<string> ReadResultAsync(string file, CancellationToken cancellationToken)
    {
        await using var output = new FileStream(file, FileMode.OpenOrCreate, FileAccess.Read, FileShare.ReadWrite);
        output.Seek(Math.Max(0, output.Length - LongestResult), SeekOrigin.Begin);
        using var reader = new StreamReader(output, Encoding.UTF8);
        return WithoutLastNewline(await reader.ReadToEndAsync(cancellationToken));
    }

    private static string WithoutLastNewline(string text) => text.EndsWith('\n') ? text[..^1] : text;
}
