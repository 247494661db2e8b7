namespace Argosy.ClusterAgent.Images;

/// <summary>An image's name, taken apart as container runtimes do.</summary>
/// <param name="Registry">Host, and port where one is written; <c>docker.io</c> where none is.</param>
/// <param name="Repository">Such as <c>library/busybox</c>.</param>
/// <param name="Tag">Empty where only a digest is written.</param>
/// <param name="Digest">Such as <c>sha256:…</c>; empty where none is written. It goes before the tag.</param>
internal sealed record ImageReference(string Registry, string Repository, string Tag, string Digest)
{
    private const string DockerHub = "docker.io";

    /// <summary>What manifests are asked for by.</summary>
    public string Version => Digest.Length > 0 ? Digest : Tag;

    /// <exception cref="FormatException">It names no image.</exception>
    public static ImageReference Parse(string image)
    {
        var (named, digest) = Cut(image.Trim(), image.IndexOf('@', StringComparison.Ordinal));
        var colon = named.LastIndexOf(':');
        var (path, tag) = colon > named.LastIndexOf('/') ? Cut(named, colon) : (named, "");
        var slash = path.IndexOf('/', StringComparison.Ordinal);
        var first = slash < 0 ? "" : path[..slash];
        var isHost = first.AsSpan().ContainsAny('.', ':') || first == "localhost";
        var (registry, repository) = isHost ? (first, path[(slash + 1)..]) : (DockerHub, path);
        if (registry is "index.docker.io" or "registry-1.docker.io")
        {
            registry = DockerHub;
        }

        if (registry == DockerHub && !repository.Contains('/', StringComparison.Ordinal))
        {
            repository = $"library/{repository}";
        }

        if (!IsPath(repository) || (digest.Length > 0 && !IsDigest(digest)) || tag.Any(letter => !IsWord(letter)))
        {
            throw new FormatException($"\"{image}\" is not the name of an image");
        }

        return new ImageReference(registry, repository, tag.Length == 0 && digest.Length == 0 ? "latest" : tag, digest);
    }

    private static (string Before, string After) Cut(string text, int at) => at < 0 ? (text, "") : (text[..at], text[(at + 1)..]);

    private static bool IsPath(string repository) =>
        repository.All(letter => char.IsAsciiLetterLower(letter) || char.IsAsciiDigit(letter) || letter is '/' or '.' or '_' or '-')
        && !repository.Split('/').Any(part => part is "" or "." or "..");

    private static bool IsDigest(string digest) =>
        digest.Split(':') is [{ Length: > 0 } kind, { Length: >= 32 } hex] && kind.All(IsWord) && hex.All(char.IsAsciiHexDigit);

    private static bool IsWord(char letter) => char.IsAsciiLetterOrDigit(letter) || letter is '_' or '.' or '-';
}
