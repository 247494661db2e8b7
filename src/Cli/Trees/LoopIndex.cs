using System.Globalization;

namespace Argosy.Cli.Trees;

/// <summary>The place of a node among its siblings of one loop or retry, read from a name such as <c>sleep(10:ten)</c> or <c>try(2)</c>.</summary>
internal readonly record struct LoopIndex(string Base, int Index)
{
    public static LoopIndex Of(string name)
    {
        var open = name.IndexOf('(', StringComparison.Ordinal);
        if (open < 0)
        {
            return new(name, -1);
        }

        var end = name.AsSpan(open).IndexOfAny(':', ')');
        return end > 0 && int.TryParse(name.AsSpan(open + 1, end - 1), CultureInfo.InvariantCulture, out var index)
            ? new(name[..open], index)
            : new(name, -1);
    }
}
