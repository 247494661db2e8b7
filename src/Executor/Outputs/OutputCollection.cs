using System.Text;
using Argosy.Executor.Agents;
using Argosy.Executor.Containers;
using Argosy.Executor.Plans;
using Argosy.Packing;

namespace Argosy.Executor.Outputs;

/// <summary>
/// Takes a step's outputs when its command has ended, well or not: what is there is taken, and what lacks is said, all of it at once.
/// </summary>
internal sealed class OutputCollection(ExecutorPlan plan, ExecutorOptions options, TimeProvider time)
{
    private const int LongestParameter = 1024 * 1024;

    private readonly List<string> _problems = [];
    private readonly Lazy<AgentClient> _agent = new(() => new AgentClient(plan.AgentUrls, options.Token, time));

    /// <returns>The command's exit code, or the executor's where only it failed, and the message for the agent.</returns>
    public static async Task<ContainerEnd> CollectAsync(
        ExecutorPlan plan, ExecutorOptions options, int exitCode, string? result, string? progress, TimeProvider time)
    {
        var collection = new OutputCollection(plan, options, time);
        try
        {
            return await collection.CollectAsync(exitCode, result, progress);
        }
        finally
        {
            if (collection._agent.IsValueCreated)
            {
                collection._agent.Value.Dispose();
            }
        }
    }

    private async Task<ContainerEnd> CollectAsync(int exitCode, string? result, string? progress)
    {
        var parameters = await ParametersAsync();
        var artifacts = await ArtifactsAsync();
        var message = await FittingAsync(new TerminationMessage
        {
            Result = result,
            Parameters = parameters.Count > 0 ? parameters : null,
            Artifacts = artifacts.Count > 0 ? artifacts : null,
            Progress = progress,
        });
        var error = _problems.Count > 0 ? string.Join("; ", _problems) : null;
        var says = error is not null || message != new TerminationMessage();
        return new ContainerEnd(
            exitCode == 0 && error is not null ? ExitCodes.Executor : exitCode, error, says ? message with { Error = error } : null);
    }

    private async Task<Dictionary<string, string>> ParametersAsync()
    {
        var parameters = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var parameter in plan.Parameters)
        {
            try
            {
                if (File.Exists(parameter.Path))
                {
                    parameters[parameter.Name] = await ReadAsync(parameter.Path);
                }
                else if (parameter.HasDefault)
                {
                    parameters[parameter.Name] = parameter.Default;
                }
                else
                {
                    _problems.Add($"output parameter \"{parameter.Name}\": no file at {parameter.Path}, and it has no default");
                }
            }
            catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
            {
                _problems.Add($"output parameter \"{parameter.Name}\": {parameter.Path} cannot be read: {failure.Message}");
            }
        }

        return parameters;
    }

    private static async Task<string> ReadAsync(string path)
    {
        await using var file = File.OpenRead(path);
        var buffer = new byte[LongestParameter + 1];
        var read = await file.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false);
        return read <= LongestParameter
            ? WithoutLastNewline(Encoding.UTF8.GetString(buffer, 0, read))
            : throw new IOException($"it is longer than the {LongestParameter / 1024} KiB that a parameter holds; make it an artifact");
    }

    private async Task<List<ArtifactMessage>> ArtifactsAsync()
    {
        List<ArtifactMessage> artifacts = [];
        foreach (var artifact in plan.Artifacts)
        {
            try
            {
                if (Path.Exists(artifact.Path))
                {
                    artifacts.Add(await new ArtifactUpload(_agent.Value).StoreAsync(artifact, CancellationToken.None));
                }
                else if (!artifact.Optional)
                {
                    _problems.Add($"output artifact \"{artifact.Name}\": nothing at {artifact.Path}");
                }
            }
            catch (Exception failure) when (IsExpected(failure))
            {
                _problems.Add($"output artifact \"{artifact.Name}\" of {artifact.Path} could not be stored: {failure.Message}");
            }
        }

        return artifacts;
    }

    /// <summary>The message itself, or one that says where the agent put it: the kubelet cuts off what is too long.</summary>
    private async Task<TerminationMessage> FittingAsync(TerminationMessage message)
    {
        var room = TerminationMessageFile.Bytes(new TerminationMessage { Error = TerminationMessageFile.Short(string.Join("; ", _problems), plan.MessageBytes) });
        var bytes = TerminationMessageFile.Bytes(message);
        if (bytes.Length + room.Length <= plan.MessageBytes)
        {
            return message;
        }

        try
        {
            var stored = await new ArtifactUpload(_agent.Value).PutAsync(
                "v1/outputs", async (body, cancelled) => await body.WriteAsync(bytes, cancelled), CancellationToken.None);
            return new TerminationMessage { Overflow = new OverflowMessage(stored.Digest, stored.Size) };
        }
        catch (Exception failure) when (IsExpected(failure))
        {
            _problems.Add($"outputs of {bytes.Length} bytes could not be stored: {failure.Message}");
            return new TerminationMessage();
        }
    }

    private static bool IsExpected(Exception failure) => failure is IOException or UnauthorizedAccessException or ExecutorException
        or ArtifactFormatException or AgentRefusedException or AgentUnavailableException;

    private static string WithoutLastNewline(string text) => text.EndsWith('\n') ? text[..^1] : text;
}
