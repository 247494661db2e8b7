namespace Argosy.ControlPlane.Artifacts;

/// <summary>An artifact location that cannot be used as it is written; trying again does not help, changing the manifest does.</summary>
public sealed class ArtifactLocationException(string message) : Exception(message);
