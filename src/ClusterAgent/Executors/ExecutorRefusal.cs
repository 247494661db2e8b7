using System.Diagnostics.CodeAnalysis;
using Argosy.ClusterAgent.Kubernetes.Api;
using Argosy.Contracts.Agents;
using Grpc.Core;
using Microsoft.AspNetCore.Http;

namespace Argosy.ClusterAgent.Executors;

/// <summary>
/// Why an executor is not served. It asks again after 503, and gives up at once after any other.
/// </summary>
[SuppressMessage("Design", "CA1032", Justification = "A refusal has a status.")]
[SuppressMessage("Design", "CA1064", Justification = "It ends where requests do, in this room.")]
internal sealed class ExecutorRefusal(int status, string message) : Exception(message)
{
    public int Status { get; } = status;

    public static ExecutorRefusal Unknown(PodIdentity pod) => new(
        StatusCodes.Status403Forbidden, $"this agent runs no pod {pod.Namespace}/{pod.Name} with uid {pod.Uid}");

    public static ExecutorRefusal NotYetKnown(PodIdentity pod) => new(
        StatusCodes.Status503ServiceUnavailable, $"this agent does not know yet whether it runs pod {pod.Namespace}/{pod.Name}: ask again");

    public static ExecutorRefusal Undeclared(string kind, string name, PodIdentity pod) => new(
        StatusCodes.Status403Forbidden, $"pod {pod.Namespace}/{pod.Name} declares no {kind} artifact '{name}'");

    /// <summary>What a failure on the way to the hub or to the API server means for the executor.</summary>
    public static ExecutorRefusal Of(Exception failure) => failure switch
    {
        ExecutorRefusal refusal => refusal,
        ArtifactMissingException or RpcException { StatusCode: StatusCode.NotFound } => new(StatusCodes.Status404NotFound, failure.Message),
        ArtifactDigestException or ArtifactLocationException => new(StatusCodes.Status422UnprocessableEntity, failure.Message),
        RpcException { StatusCode: StatusCode.InvalidArgument or StatusCode.FailedPrecondition or StatusCode.DataLoss or StatusCode.PermissionDenied } refused =>
            new(StatusCodes.Status422UnprocessableEntity, $"the hub refuses: {refused.Status.Detail}"),
        BadHttpRequestException { StatusCode: StatusCodes.Status413PayloadTooLarge } => new(StatusCodes.Status413PayloadTooLarge, failure.Message),
        KubernetesException => new(StatusCodes.Status503ServiceUnavailable, $"the API server cannot tell whose token this is: {failure.Message}"),
        _ => new(StatusCodes.Status503ServiceUnavailable, $"the hub cannot be asked now: {failure.Message}"),
    };
}
