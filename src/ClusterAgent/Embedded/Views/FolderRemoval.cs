namespace Argosy.ClusterAgent.Embedded.Views;

/// <summary>Removes folders whatever modes a step gave them: an overlay's work folder, for one, is closed to everybody.</summary>
internal static class FolderRemoval
{
    private const UnixFileMode Open = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    public static void Remove(string folder)
    {
        try
        {
            Directory.Delete(folder, recursive: true);
        }
        catch (DirectoryNotFoundException)
        {
            // Nothing left to remove.
        }
        catch (Exception e) when (e is UnauthorizedAccessException or IOException)
        {
            OpenUp(new DirectoryInfo(folder));
            Directory.Delete(folder, recursive: true);
        }
    }

    private static void OpenUp(DirectoryInfo folder)
    {
        folder.UnixFileMode |= Open;
        foreach (var child in folder.EnumerateDirectories().Where(child => child.LinkTarget is null))
        {
            OpenUp(child);
        }
    }
}
