using Grpc.Core;

namespace Argosy.ControlPlane.Joining;

/// <summary>Why an agent is not let in, in words for the person who reads its log. None tells more than its caller could know.</summary>
internal static class JoiningErrors
{
    private const string NewTicket = "fetch a new manifest with 'argosy cluster join-manifest' and apply it";

    public static RpcException TicketUnknown() => Refused($"the hub did not issue this ticket: {NewTicket}");

    public static RpcException TicketOfAnother(string cluster) =>
        Refused($"this ticket is not for cluster '{cluster}': apply the manifest of the cluster that the agent is for, or {NewTicket}");

    public static RpcException TicketVoid() => Refused($"a newer ticket, or a revocation, has made this one void: {NewTicket}");

    public static RpcException TicketSpent() => Refused($"this ticket is spent: it lets one agent join once; {NewTicket}");

    public static RpcException TicketExpired() => Refused($"this ticket has expired: {NewTicket}");

    public static RpcException BadRequest(string why) =>
        new(new Status(StatusCode.InvalidArgument, $"the request for a certificate cannot be taken: {why}"));

    public static RpcException NoMemberUid() =>
        new(new Status(StatusCode.InvalidArgument, "member_uid is empty: it must be the UID of the cluster's namespace kube-system"));

    public static RpcException OtherMember(string cluster, string? joined, string calls) => Refused(
        $"cluster '{cluster}' is another Kubernetes cluster (its kube-system namespace has uid {joined ?? "unknown"}) than the one this agent runs in ({calls}): "
        + "give this one a name of its own with 'argosy cluster create'; or, if it takes the other's place, run "
        + $"'argosy cluster revoke {cluster}' and join again");

    public static RpcException HelloOfAnother(string cluster, string named) =>
        Refused($"this agent's certificate is cluster '{cluster}''s, but it says hello as cluster '{named}'");

    public static RpcException AttemptOfAnother(string cluster, string workflow, string node) =>
        Refused($"node {node} of workflow {workflow} is not in cluster '{cluster}', or its attempt is over");

    public static RpcException ArtifactOfAnother(string workflow, string node, string artifact, bool writes) =>
        Refused($"node {node} of workflow {workflow} declares no artifact \"{artifact}\" at that place to {(writes ? "write" : "read")}");

    public static RpcException NoCertificate() => Unknown($"there is no client certificate: {NewTicket}");

    public static RpcException ForeignCertificate() => Unknown($"the client certificate is not this hub's: {NewTicket}");

    public static RpcException CertificateExpired(DateTimeOffset notAfter) =>
        Unknown($"the client certificate has expired at {notAfter:u}: {NewTicket}");

    public static RpcException CertificateRevoked(string cluster) =>
        Unknown($"the client certificates of cluster '{cluster}' were revoked: if it may come back, {NewTicket}");

    public static RpcException ClusterDeleted(string cluster) =>
        Unknown($"cluster '{cluster}' was deleted from the hub: declare it again with 'argosy cluster create {cluster}', then {NewTicket}");

    public static RpcException HubStops() => new(new Status(StatusCode.Unavailable, "the hub is stopping"));

    private static RpcException Refused(string message) => new(new Status(StatusCode.PermissionDenied, message));

    private static RpcException Unknown(string message) => new(new Status(StatusCode.Unauthenticated, message));
}
