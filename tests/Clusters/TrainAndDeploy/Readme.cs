using System.Text.RegularExpressions;

namespace Argosy.Clusters.TrainAndDeploy;

/// <summary>The commands that README.md tells people to type.</summary>
internal static partial class Readme
{
    public static string Root { get; } = Find();

    /// <summary>The shell commands of a section, one text for each of its blocks.</summary>
    public static IReadOnlyList<string> Blocks(string section)
    {
        var text = File.ReadAllText(Path.Combine(Root, "README.md"));
        var from = text.IndexOf($"\n## {section}\n", StringComparison.Ordinal);
        Assert.True(from >= 0, $"README.md has no section \"{section}\"");
        var to = text.IndexOf("\n## ", from + 1, StringComparison.Ordinal);
        return [.. Block().Matches(text[from..(to < 0 ? text.Length : to)]).Select(match => match.Groups[1].Value)];
    }

    private static string Find()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "ControlPlane.sln")))
        {
            folder = folder.Parent ?? throw new InvalidOperationException($"{AppContext.BaseDirectory} is not in a checkout");
        }

        return folder.FullName;
    }

    [GeneratedRegex(@"```sh\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex Block();
}
