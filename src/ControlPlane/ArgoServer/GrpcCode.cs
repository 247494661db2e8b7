namespace Argosy.ControlPlane.ArgoServer;

/// <summary>The gRPC status codes that Argo Server's errors carry in their body, beside the HTTP status.</summary>
internal enum GrpcCode
{
    Unknown = 2,
    InvalidArgument = 3,
    DeadlineExceeded = 4,
    NotFound = 5,
    AlreadyExists = 6,
    PermissionDenied = 7,
    ResourceExhausted = 8,
    FailedPrecondition = 9,
    Aborted = 10,
    OutOfRange = 11,
    Unimplemented = 12,
    Unavailable = 14,
    Unauthenticated = 16,
}
