using Argosy.Contracts.Agents;
using Grpc.Core;

namespace Argosy.ClusterAgent.Connection;

/// <summary>What the status of a call with the hub means to an agent.</summary>
internal static class HubFailure
{
    /// <summary>Trailers of DATA_LOSS: the sha256 that was promised and the one that came, in hex.</summary>
    public const string DigestExpected = "digest-expected";
    public const string DigestActual = "digest-actual";

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
        StatusCode.FailedPrecondition => new ArtifactLocationException(failure.Status.Detail),
        StatusCode.DataLoss => Mismatch(failure, artifact),
        StatusCode.Unauthenticated => new IOException($"the hub does not take this agent's certificate now: {Words(failure)}", failure), // another may come
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

    /// <summary>The hub tells both digests in trailers; its words are those of an <see cref="ArtifactDigestException"/>, which begin with the place.</summary>
    private static ArtifactDigestException Mismatch(RpcException failure, ArtifactTransfer artifact) => new(
        failure.Trailers.GetValue(DigestExpected) ?? artifact.Digest,
        failure.Trailers.GetValue(DigestActual) ?? "(not told)",
        failure.Status.Detail.Split(": expected sha256 ", 2)[0]);
}
