namespace Argosy.ClusterAgent.Embedded.Views;

/// <summary>Follows symbolic links as a process does whose root is another folder.</summary>
internal static class ScopedPath
{
    /// <summary>As many links as Linux follows.</summary>
    private const int MostLinks = 40;

    /// <summary>
    /// The normalized path, relative to <paramref name="root"/>, that <paramref name="path"/> leads to there; ".." never leaves the root.
    /// What does not exist is taken as it is written.
    /// </summary>
    /// <exception cref="PodViewException">Links that lead in circles.</exception>
    public static string Resolve(string root, string path)
    {
        var links = 0;
        var resolved = new List<string>();
        var rest = new Stack<string>(Parts(path).Reverse());
        while (rest.TryPop(out var part))
        {
            if (part == "..")
            {
                resolved.RemoveRange(Math.Max(0, resolved.Count - 1), Math.Min(1, resolved.Count));
                continue;
            }

            resolved.Add(part);
            var here = new FileInfo(Under(root, "/" + string.Join('/', resolved)));
            if (here.LinkTarget is not { } target)
            {
                continue;
            }

            if (++links > MostLinks)
            {
                throw new PodViewException($"{path}: too many symbolic links");
            }

            resolved.RemoveAt(resolved.Count - 1);
            if (target.StartsWith('/'))
            {
                resolved.Clear();
            }

            foreach (var next in Parts(target).Reverse())
            {
                rest.Push(next);
            }
        }

        return "/" + string.Join('/', resolved);
    }

    /// <summary>The machine's path of a path under a root.</summary>
    public static string Under(string root, string path) => root == "/" ? path : root + path;

    private static IEnumerable<string> Parts(string path) =>
        path.Split('/', StringSplitOptions.RemoveEmptyEntries).Where(part => part != ".");
}
