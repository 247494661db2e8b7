using Argosy.Contracts.Agents;
using Argosy.ControlPlane.Artifacts;
using Grpc.Core;

namespace Argosy.ControlPlane.Dispatch;

/// <summary>What the hub's refusals are called on the wire.</summary>
internal static class LinkErrors
{
    /// <summary>Trailers of DATA_LOSS: both sha256 in hex, so that the agent can say which bytes were there.</summary>
    public const string DigestExpected = "digest-expected";
    public const string DigestActual = "digest-actual";

    /// <summary>Null for what nobody meant to say to an agent.</summary>
    public static RpcException? Of(Exception failure) => failure switch
    {
        ArtifactMissingException => Told(StatusCode.NotFound, failure),
        ArtifactDigestException digest => new(
            new Status(StatusCode.DataLoss, failure.Message), new Metadata { { DigestExpected, digest.Expected }, { DigestActual, digest.Actual } }),
        ArtifactLocationException => Told(StatusCode.FailedPrecondition, failure),
        HubRefusedException => Told(StatusCode.PermissionDenied, failure),
        HttpRequestException or IOException => Told(StatusCode.Unavailable, failure), // the store of an artifact, for now
        _ => null,
    };

    private static RpcException Told(StatusCode code, Exception failure) => new(new Status(code, failure.Message));
}
