using System.Text.RegularExpressions;

namespace Argosy.Cli.Hub;

/// <summary>An embedded cluster as the command line names it: <c>gpu:accelerator=nvidia,zone=a</c>.</summary>
internal sealed partial record EmbeddedClusterSpec(string Name, IReadOnlyDictionary<string, string> Labels)
{
    private const string Option = "--embedded";

    /// <summary>A fleet in small: one cluster to train in and one to serve from.</summary>
    public static readonly IReadOnlyList<EmbeddedClusterSpec> Demonstration = [Parse("gpu:accelerator=nvidia"), Parse("serving:tier=serving")];

    /// <exception cref="CommandException">The text does not name a cluster and its labels.</exception>
    public static EmbeddedClusterSpec Parse(string text, string option = Option)
    {
        var parts = text.Split(':', 2);
        if (!ClusterName().IsMatch(parts[0]))
        {
            throw new CommandException(
                $"{option} {text}: the cluster's name must be of small letters, digits and dashes, as in gpu:accelerator=nvidia");
        }

        var labels = new Dictionary<string, string>();
        foreach (var pair in (parts.ElementAtOrDefault(1) ?? "").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            var at = pair.IndexOf('=', StringComparison.Ordinal);
            if (at <= 0)
            {
                throw new CommandException($"{option} {text}: \"{pair}\" must be LABEL=VALUE");
            }

            labels[pair[..at]] = pair[(at + 1)..];
        }

        return new(parts[0], labels);
    }

    /// <exception cref="CommandException">Two clusters have the same name.</exception>
    public static IReadOnlyList<EmbeddedClusterSpec> ParseAll(IEnumerable<string> texts, string option = Option)
    {
        var clusters = texts.Select(text => Parse(text, option)).ToList();
        return clusters.GroupBy(cluster => cluster.Name).FirstOrDefault(same => same.Count() > 1) is { } twice
            ? throw new CommandException($"{option} {twice.Key} is given twice")
            : clusters;
    }

    [GeneratedRegex(@"\A[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?\z")]
    private static partial Regex ClusterName();
}
