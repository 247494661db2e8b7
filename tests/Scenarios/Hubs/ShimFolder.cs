namespace Argosy.Scenarios.Hubs;

/// <summary>
/// Small scripts in the place of commands that the machine lacks, found by steps before the machine's own. Not below /tmp, which pods do not
/// see; gone with the test.
/// </summary>
internal sealed class ShimFolder : IDisposable
{
    private readonly string root = Path.Combine("/var/tmp", $"argosy-shims-{Guid.NewGuid():N}");

    public ShimFolder()
    {
        Directory.CreateDirectory(root);
        Environment["PATH"] = $"{root}:{System.Environment.GetEnvironmentVariable("PATH")}";
    }

    /// <summary>What the hub's process gets beside its own environment.</summary>
    public Dictionary<string, string> Environment { get; } = [];

    /// <summary>Where a file of the folder lies.</summary>
    public string this[string name] => Path.Combine(root, name);

    /// <summary>Where the machine's own program lies; null when it has none of the name.</summary>
    public static string? Installed(string program) => (System.Environment.GetEnvironmentVariable("PATH") ?? "").Split(':')
        .Select(folder => Path.Combine(folder, program)).FirstOrDefault(File.Exists);

    public void WriteFile(string name, string text) => File.WriteAllText(this[name], text);

    public void WriteProgram(string name, string text)
    {
        WriteFile(name, text);
        File.SetUnixFileMode(this[name], UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute
            | UnixFileMode.GroupRead | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute);
    }

    public void Dispose() => Directory.Delete(root, recursive: true);
}
