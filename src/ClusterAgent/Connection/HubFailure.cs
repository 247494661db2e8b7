using System.Text.RegularExpressions;
using Argosy.Contracts.Agents;
using Grpc.Core;

namespace Argosy.ClusterAgent.Connection;

/// <summary>What the status of a call with the hub means to an agent.</summary>
internal static partial class HubFailure
{
    /// <summary>The hub said no, and will say so again.</summary>
    public static bool IsRefusal(RpcException failure) => failure.StatusCode is StatusCode.PermissionDenied or StatusCode.Unauthenticated;

    /// <summary>The exception that <see cref="IHubLink"/> promises.</summary>
    /// <param name="doing">For people, after "while".</param>
    public static Exception Translate(RpcException failure, string doing, CancellationToken cancellationToken) => failure.StatusCode switch
    {
        _ when cancellationToken.IsCancellationRequested => new OperationCanceledException(cancellationToken),
        StatusCode.PermissionDenied or StatusCode.Unauthenticated => new HubRefusedException(failure.Status.Detail),
        _ => new IOException($"the hub failed while {doing}: {Words(failure)}", failure),
    };

    /// <summary>The exception that <see cref="IHubLink"/> promises for calls about an artifact.</summary>
    public static Exception Translate(RpcException failure, ArtifactTransfer artifact, CancellationToken cancellationToken) => failure.StatusCode switch
    {
        _ when cancellationToken.IsCancellationRequested => new OperationCanceledException(cancellationToken),
        StatusCode.NotFound => new ArtifactMissingException(failure.Status.Detail),
        StatusCode.DataLoss => Mismatch(failure.Status.Detail, artifact),
        _ => Translate(failure, $"passing on artifact '{artifact.Name}'", cancellationToken),
    };

    /// <summary>For people: what happened, in one line and without a stack.</summary>
    public static string Words(Exception failure) => failure is RpcException { Status: var status }
        ? $"{status.StatusCode}{(status.Detail.Length > 0 ? $": {status.Detail}" : "")}{CauseOf(status.DebugException)}"
        : failure.Message;

    // A handshake that fails says only "see inner exception"; what it was is the innermost one's to tell.
    private static string CauseOf(Exception? problem)
    {
        var cause = problem?.GetBaseException();
        return cause is null || ReferenceEquals(cause, problem) ? "" : $" ({cause.Message})";
    }

    /// <summary>The hub sends <see cref="ArtifactDigestException"/> as its message.</summary>
    private static ArtifactDigestException Mismatch(string words, ArtifactTransfer artifact) => DigestWords().Match(words) is { Success: true } match
        ? new ArtifactDigestException(match.Groups["expected"].Value, match.Groups["actual"].Value, match.Groups["where"].Value)
        : new ArtifactDigestException(artifact.Digest, "others", $"artifact '{artifact.Name}' ({words})");

    [GeneratedRegex("^(?<where>.*): expected sha256 (?<expected>[0-9a-f]*), but the bytes have sha256 (?<actual>[0-9a-f]*)$", RegexOptions.Singleline)]
    private static partial Regex DigestWords();
}
