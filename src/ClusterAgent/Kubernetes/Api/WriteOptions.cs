namespace Argosy.ClusterAgent.Kubernetes.Api;

/// <summary>How the server is to take what is written.</summary>
public sealed record WriteOptions
{
    public static readonly WriteOptions Default = new();

    /// <summary>Who is named as the one that set these fields; null: the server takes it from the user agent.</summary>
    public string? FieldManager { get; init; }

    /// <summary>The server checks all and answers as if it had been done, and does nothing.</summary>
    public bool DryRun { get; init; }

    /// <summary>What the server does about fields it does not know: <c>Strict</c>, <c>Warn</c>, <c>Ignore</c>. Servers before 1.25 do not heed it.</summary>
    public string? FieldValidation { get; init; }

    internal IEnumerable<(string Name, string? Value)> Fields =>
        [("fieldManager", FieldManager), ("dryRun", DryRun ? "All" : null), ("fieldValidation", FieldValidation)];
}
