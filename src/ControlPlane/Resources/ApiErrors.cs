namespace Argosy.ControlPlane.Resources;

/// <summary>The refusals of the API, in the words that Kubernetes clients know and people search for.</summary>
internal static class ApiErrors
{
    public static ApiException NotFound(ResourceKey key) => NotFound(key.Kind, key.Name);

    public static ApiException NotFound(ResourceKind kind, string name) =>
        new(404, "NotFound", $"{kind.QualifiedPlural()} \"{name}\" not found") { Details = new(kind, name) };

    public static ApiException AlreadyExists(ResourceKey key) =>
        new(409, "AlreadyExists", $"{key.Kind.QualifiedPlural()} \"{key.Name}\" already exists") { Details = new(key.Kind, key.Name) };

    public static ApiException Conflict(ResourceKey key) => Conflict(
        key, "the object has been modified; please apply your changes to the latest version and try again");

    public static ApiException Conflict(ResourceKey key, string why) =>
        new(409, "Conflict", $"Operation cannot be fulfilled on {key.Kind.QualifiedPlural()} \"{key.Name}\": {why}")
        {
            Details = new(key.Kind, key.Name),
        };

    public static ApiException Invalid(ResourceKind kind, string name, IReadOnlyList<(string Field, string Message)> causes)
    {
        var texts = causes.Select(cause => cause.Field.Length == 0 ? cause.Message : $"{cause.Field}: {cause.Message}").ToList();
        var text = texts.Count == 1 ? texts[0] : $"[{string.Join(", ", texts)}]";
        return new(422, "Invalid", $"{kind.QualifiedKind()} \"{name}\" is invalid: {text}")
        {
            Causes = causes,
            Details = new(kind, name) { NamesKind = true },
        };
    }

    public static ApiException Forbidden(ResourceKey key, string why) =>
        new(403, "Forbidden", $"{key.Kind.QualifiedPlural()} \"{key.Name}\" is forbidden: {why}") { Details = new(key.Kind, key.Name) };

    public static ApiException BadRequest(string message) => new(400, "BadRequest", message);

    public static ApiException Unauthorized() => new(401, "Unauthorized", "Unauthorized");

    public static ApiException NoSuchPath() => new(404, "NotFound", "the server could not find the requested resource");

    public static ApiException MethodNotAllowed() =>
        new(405, "MethodNotAllowed", "the server does not allow this method on the requested resource");

    public static ApiException Expired(string message) => new(410, "Expired", message);

    public static ApiException TooLarge(long limitBytes) =>
        new(413, "RequestEntityTooLarge", $"Request entity too large: limit is {limitBytes} bytes");

    public static ApiException UnsupportedMediaType(string message) => new(415, "UnsupportedMediaType", message);

    /// <summary>A version that the hub has not reached: the client came from another hub, or from before a data directory was replaced.</summary>
    public static ApiException VersionAhead(long asked, long current) =>
        new(504, "Timeout", $"Too large resource version: {asked}, current: {current}")
        {
            Causes = [("", "Too large resource version")],
            CauseReason = "ResourceVersionTooLarge",
        };
}
