using System.Globalization;
using System.Text.RegularExpressions;

namespace Argosy.ClusterAgent.Embedded.Views;

/// <summary>What is mounted on this machine, as far as a pod should see it.</summary>
internal static partial class MachineMounts
{
    /// <summary>Kernel interfaces: a pod gets its own /proc and sees the machine's /dev and /sys.</summary>
    public static readonly IReadOnlyList<string> KernelFolders = ["/proc", "/dev", "/sys"];

    /// <summary>Mount points other than the root and the kernel's own, parents before children.</summary>
    public static IReadOnlyList<string> Read() => Parse(File.ReadLines("/proc/self/mountinfo"));

    /// <summary>Reads the fifth field of each line of mountinfo (proc(5)): the mount point, with octal escapes.</summary>
    internal static IReadOnlyList<string> Parse(IEnumerable<string> mountInfo) =>
    [
        .. mountInfo
            .Select(line => line.Split(' '))
            .Where(fields => fields.Length > 4)
            .Select(fields => Unescape(fields[4]))
            .Where(point => point != "/" && !KernelFolders.Any(folder => MachineView.IsWithin(point, folder)))
            .Distinct(StringComparer.Ordinal)
            .Order(StringComparer.Ordinal),
    ];

    private static string Unescape(string field) =>
        OctalEscape().Replace(field, match => ((char)Convert.ToInt32(match.Groups[1].Value, 8)).ToString(CultureInfo.InvariantCulture));

    [GeneratedRegex(@"\\([0-7]{3})")]
    private static partial Regex OctalEscape();
}
