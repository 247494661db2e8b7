using System.Text;

namespace Argosy.Cli.Output;

/// <summary>Columns as wide as their widest cell.</summary>
internal sealed class TextTable(int gap, params IReadOnlyList<string> header)
{
    private readonly List<IReadOnlyList<string>> rows = header.Count > 0 ? [header] : [];

    public void Add(params IReadOnlyList<string> cells) => rows.Add(cells);

    public override string ToString()
    {
        var widths = new int[rows.Max(row => row.Count)];
        foreach (var row in rows)
        {
            for (var column = 0; column < row.Count; column++)
            {
                widths[column] = Math.Max(widths[column], Ansi.Width(row[column]));
            }
        }

        var text = new StringBuilder();
        foreach (var row in rows)
        {
            text.AppendLine(Line(row, widths));
        }

        return text.ToString();
    }

    private string Line(IReadOnlyList<string> row, int[] widths)
    {
        var line = new StringBuilder();
        for (var column = 0; column < row.Count; column++)
        {
            line.Append(row[column]).Append(' ', widths[column] - Ansi.Width(row[column]) + gap);
        }

        return line.ToString().TrimEnd();
    }
}
