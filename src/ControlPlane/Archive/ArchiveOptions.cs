using System.ComponentModel.DataAnnotations;

namespace Argosy.ControlPlane.Archive;

/// <summary>What becomes of workflows that have ended.</summary>
public sealed class ArchiveOptions
{
    public const string SectionName = "Archive";

    /// <summary>Days after its end for which an archived workflow is kept. 0 (the default): for ever.</summary>
    [Range(0, 36500)]
    public int TimeToLiveDays { get; set; }
}
