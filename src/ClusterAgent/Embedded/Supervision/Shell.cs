namespace Argosy.ClusterAgent.Embedded.Supervision;

/// <summary>How values are written into scripts for a POSIX shell.</summary>
internal static class Shell
{
    /// <summary>One word that the shell takes literally, whatever is in it.</summary>
    public static string Quote(string value) => "'" + value.Replace("'", "'\\''", StringComparison.Ordinal) + "'";

    /// <summary>Whether a variable of this name can be exported by a shell.</summary>
    public static bool IsName(string name) =>
        name.Length > 0 && !char.IsAsciiDigit(name[0]) && name.All(c => char.IsAsciiLetterOrDigit(c) || c == '_');
}
