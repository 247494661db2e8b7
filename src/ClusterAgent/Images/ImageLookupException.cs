namespace Argosy.ClusterAgent.Images;

/// <summary>The command of an image could not be found out; the message is for the manifest's author.</summary>
public sealed class ImageLookupException(string image, string why, Exception? cause = null) : Exception(
    $"failed to look-up entrypoint/cmd for image \"{image}\": {why}. Write the command into the template (such as command: [sh, -c]), "
    + "which needs no look-up, or let the agent reach the image's registry (its address: --registry-mirrors; its credentials: the pod's imagePullSecrets)",
    cause);
