using System.Text;

namespace Argosy.ClusterAgent.Embedded.Planning;

/// <summary>
/// Kubernetes' <c>$(VAR)</c> in commands, arguments and variables: a reference to what is not defined stays as it is written, and
/// <c>$$</c> stands for a dollar sign, so that <c>$$(VAR)</c> is never expanded.
/// </summary>
internal static class VariableExpansion
{
    public static string Expand(string text, IReadOnlyDictionary<string, string> variables)
    {
        if (!text.Contains('$', StringComparison.Ordinal))
        {
            return text;
        }

        var expanded = new StringBuilder(text.Length);
        for (var at = 0; at < text.Length; at++)
        {
            if (text[at] != '$' || at + 1 == text.Length)
            {
                expanded.Append(text[at]);
                continue;
            }

            if (text[at + 1] == '$')
            {
                expanded.Append('$');
                at++;
            }
            else if (text[at + 1] == '(' && text.IndexOf(')', at + 2) is var end and > 0)
            {
                var reference = text[at..(end + 1)];
                expanded.Append(variables.TryGetValue(reference[2..^1], out var value) ? value : reference);
                at = end;
            }
            else
            {
                expanded.Append('$');
            }
        }

        return expanded.ToString();
    }
}
