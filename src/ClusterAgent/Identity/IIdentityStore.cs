namespace Argosy.ClusterAgent.Identity;

/// <summary>Where an agent's identity outlives its process.</summary>
internal interface IIdentityStore
{
    /// <summary>For people: where it is.</summary>
    string Place { get; }

    /// <exception cref="IdentityStoreException">It is not there, or cannot be read.</exception>
    Task<IdentityEntries> ReadAsync(CancellationToken cancellationToken);

    /// <summary>Sets entries, and removes those that are null, all or none of them.</summary>
    /// <exception cref="IdentityStoreException">It cannot be written, or somebody else has since <paramref name="basis"/> was read.</exception>
    Task WriteAsync(IdentityEntries basis, IReadOnlyDictionary<string, string?> changes, CancellationToken cancellationToken);
}

/// <summary>The identity cannot be read or written; the message says where and what to do.</summary>
internal sealed class IdentityStoreException(string message, Exception? cause = null) : Exception(message, cause);
