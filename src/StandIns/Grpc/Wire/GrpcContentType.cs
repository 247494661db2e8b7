namespace Grpc.Wire;

/// <summary><c>application/grpc</c>, perhaps followed by <c>+format</c> or <c>;parameters</c>.</summary>
internal static class GrpcContentType
{
    public const string Name = "application/grpc";

    public static bool Matches(string? contentType) =>
        contentType is not null
        && contentType.StartsWith(Name, StringComparison.OrdinalIgnoreCase)
        && (contentType.Length == Name.Length || contentType[Name.Length] is '+' or ';');
}
