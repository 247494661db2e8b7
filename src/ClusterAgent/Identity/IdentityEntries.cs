namespace Argosy.ClusterAgent.Identity;

/// <summary>What an agent's identity is kept as: named texts, as a Secret has them, and the version they were read at.</summary>
internal sealed record IdentityEntries(IReadOnlyDictionary<string, string> Texts, string Version)
{
    /// <summary>The single-use secret that a join manifest brings.</summary>
    public const string Ticket = "ticket";

    /// <summary>PEM of the authorities that sign the hub's certificate: at first the manifest's, later what the hub says.</summary>
    public const string HubAuthorities = "hub-ca.crt";

    public const string Key = "tls.key";

    public const string Certificate = "tls.crt";

    public const string ClusterId = "cluster-id";

    /// <summary>
    /// The key of a join under way. It is kept before the ticket is spent: whoever dies in between joins again with the same key, which tells
    /// the hub that it is the same agent. It is not <see cref="Key"/>, which must always fit <see cref="Certificate"/>.
    /// </summary>
    public const string JoiningKey = "join.key";

    /// <summary>Null where it is missing or empty.</summary>
    public string? this[string name] => Texts.TryGetValue(name, out var text) && text.Trim() is { Length: > 0 } kept ? kept : null;
}
