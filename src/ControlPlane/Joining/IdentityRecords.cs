namespace Argosy.ControlPlane.Joining;

/// <summary>A ticket as it is kept.</summary>
/// <param name="UsedBy">sha256 of the public key that it was spent for; null: it was not spent.</param>
internal sealed record StoredTicket(string ClusterUid, DateTimeOffset Expires, bool IsVoid, string? UsedBy);

/// <summary>A client certificate as it is kept.</summary>
internal sealed record StoredCertificate(string Serial, string ClusterUid, DateTimeOffset NotAfter);

/// <summary>What is known of a certificate that someone shows.</summary>
internal sealed record KnownCertificate(string ClusterUid, string Cluster, string? MemberUid, bool IsRevoked);

/// <summary>A registered cluster and the Kubernetes cluster that is it.</summary>
internal sealed record Membership(string ClusterUid, string Cluster, string MemberUid);

/// <summary>What became of a wish to join.</summary>
internal enum Admission
{
    Admitted,
    TicketSpent,
    OtherMember,
}

/// <summary>The cluster that calls, as its client certificate proves.</summary>
/// <param name="MemberUid">UID of its kube-system namespace, as told when it joined.</param>
internal sealed record Member(string Cluster, string ClusterUid, string Serial, DateTimeOffset NotAfter, string? MemberUid);
