namespace Argosy.Packing;

/// <summary>
/// The symlinks of an artifact point inside it, also when only a part of it is taken, or its top folder becomes a folder of another name. No
/// link is gone through on the way to another, so the spelling of each one tells where it points.
/// </summary>
public static class ContainedLinks
{
    /// <exception cref="ArtifactFormatException">What is at the path is a symlink, or one below it points out of it.</exception>
    public static void Require(string path)
    {
        if (new FileInfo(path).LinkTarget is { } away)
        {
            throw Outside(Path.GetFileName(path), away);
        }

        foreach (var link in PackTree.Of(path).Where(entry => entry.Kind == FileKind.Symlink))
        {
            var target = new FileInfo(link.Path).LinkTarget!;
            if (!StaysInside(target, link.Name.Count(letter => letter == '/') - 1))
            {
                throw Outside(link.Name, target);
            }
        }
    }

    /// <param name="depth">How many folders of the artifact the symlink is in.</param>
    internal static bool StaysInside(string target, int depth)
    {
        var parts = target.Split('/', StringSplitOptions.RemoveEmptyEntries).Where(part => part != ".").ToArray();
        var ups = parts.TakeWhile(part => part == "..").Count();

        // A step up after a step down may start from another symlink's target, where text cannot tell how deep it is.
        return !target.StartsWith('/') && ups <= depth && !parts.Skip(ups).Contains("..");
    }

    internal static ArtifactFormatException Outside(string name, string target) =>
        ArtifactFormatException.ForEntry(name, $"is a symlink to '{target}', which is outside the artifact");
}
