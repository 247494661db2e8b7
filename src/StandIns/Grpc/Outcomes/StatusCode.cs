namespace Grpc.Core;

/// <summary>How a call ended. The numbers travel on the wire.</summary>
public enum StatusCode
{
    OK = 0,

    /// <summary>The caller gave up.</summary>
    Cancelled = 1,

    /// <summary>The other side failed in a way it does not explain.</summary>
    Unknown = 2,

    /// <summary>The request is wrong whatever the state of the system.</summary>
    InvalidArgument = 3,

    /// <summary>Time ran out. The work may have been done all the same.</summary>
    DeadlineExceeded = 4,

    NotFound = 5,
    AlreadyExists = 6,

    /// <summary>The caller is known and may not.</summary>
    PermissionDenied = 7,

    /// <summary>A quota or a limit of message size.</summary>
    ResourceExhausted = 8,

    /// <summary>The request does not fit the state of the system; do not retry before that was changed.</summary>
    FailedPrecondition = 9,

    /// <summary>Lost a race; retry the whole story, not the call.</summary>
    Aborted = 10,

    OutOfRange = 11,

    /// <summary>The server does not know the method.</summary>
    Unimplemented = 12,

    /// <summary>An invariant is broken, as when a peer does not keep to the protocol.</summary>
    Internal = 13,

    /// <summary>Cannot be reached now; retrying after a while may help.</summary>
    Unavailable = 14,

    DataLoss = 15,

    /// <summary>The caller is not known.</summary>
    Unauthenticated = 16,
}
