using System.Text;
using YamlDotNet.Core;

namespace Argosy.Engine.Manifests;

/// <summary>
/// Go's YAML reader, and with it kubectl, lets the lines of a double-quoted text begin at any column; YamlDotNet wants them deeper than
/// what is around them. Blanks at their beginnings mean nothing, so they can be added.
/// </summary>
internal static class QuotedLines
{
    /// <summary>
    /// Indents the further lines of the quoted text that the error is about, deeper than anything can be that is around it. Null when the
    /// error is about something else.
    /// </summary>
    public static string? Indent(string text, YamlException error)
    {
        var start = (int)error.Start.Index;
        if (error.End.Line <= error.Start.Line || start >= text.Length || text[start] != '"')
        {
            return null;
        }

        var margin = new string(' ', (int)error.Start.Column);
        var indented = new StringBuilder(text.Length + 1024).Append(text, 0, start + 1);
        var i = start + 1;
        var changed = false;
        while (i < text.Length && text[i] != '"')
        {
            if (text[i] == '\\' && i + 1 < text.Length && text[i + 1] != '\n')
            {
                indented.Append(text[i++]);
            }

            indented.Append(text[i]);
            if (text[i++] == '\n' && !text.AsSpan(i).StartsWith(margin))
            {
                indented.Append(margin);
                changed = true;
            }
        }

        return changed ? indented.Append(text, i, text.Length - i).ToString() : null;
    }
}
