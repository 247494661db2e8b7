using Argosy.ClusterAgent.Embedded.Supervision;

namespace Argosy.ClusterAgent.Embedded.Planning;

/// <summary>
/// Stands for the entrypoint of an image: an embedded cluster pulls none, so a container without a command runs the machine's program of
/// the image's name, as <c>nginx</c> for <c>registry/nginx:1.13</c>.
/// </summary>
internal static class ImageProgram
{
    /// <exception cref="PodPlanException">This machine has no such program.</exception>
    public static string Of(ContainerSpec container)
    {
        var name = NameOf(container.Image ?? "");
        return name.Length > 0 && PodSupervisor.ContainerPath.Split(':').Any(folder => File.Exists(Path.Join(folder, name)))
            ? name
            : throw new PodPlanException(
                $"container \"{container.Name}\" has no command: an embedded cluster pulls no images, so it cannot know the entrypoint of image "
                + $"\"{container.Image}\", and this machine has no program named \"{name}\"; name a `command`");
    }

    /// <summary>The last part of an image's path, without tag and digest.</summary>
    public static string NameOf(string image)
    {
        var undigested = image.Split('@')[0];
        var last = undigested[(undigested.LastIndexOf('/') + 1)..];
        return last.Split(':')[0];
    }
}
