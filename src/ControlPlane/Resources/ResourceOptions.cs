using System.ComponentModel.DataAnnotations;

namespace Argosy.ControlPlane.Resources;

/// <summary>Settings of the hub's Kubernetes API.</summary>
public sealed class ResourceOptions
{
    public const string SectionName = "Resources";

    /// <summary>
    /// Recent changes that each kind remembers for watchers that reconnect; a watcher that missed more gets 410 Gone and lists again.
    /// Default 100,000.
    /// </summary>
    [Range(16, 100_000_000)]
    public int RememberedChanges { get; set; } = 100_000;

    /// <summary>The largest request body, in bytes. Default 10 MiB.</summary>
    [Range(1024, 1024L * 1024 * 1024)]
    public long LargestBodyBytes { get; set; } = 10L * 1024 * 1024;

    /// <summary>How often a watch that asked for bookmarks gets one, in seconds. Default 60.</summary>
    [Range(1, 3600)]
    public int BookmarkSeconds { get; set; } = 60;
}
