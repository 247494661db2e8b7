using System.Text;
using Argosy.Engine.Expressions.Functions;

namespace Argosy.Engine.Expressions.Sprig;

/// <summary>Letter case and words.</summary>
internal static class SprigWords
{
    public static void AddTo(FunctionTable table)
    {
        table.Add("title", 1, a => OnFirstLetters(a.Text(0), char.ToUpperInvariant));
        table.Add("untitle", 1, a => OnFirstLetters(a.Text(0), char.ToLowerInvariant));
        table.Add("initials", 1, a => string.Concat(a.Text(0).Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).Select(word => word[0])));
        table.Add("swapcase", 1, a => string.Concat(a.Text(0).Select(Swapped)));
        table.Add("snakecase", 1, a => string.Join('_', Words(a.Text(0))).ToLowerInvariant());
        table.Add("kebabcase", 1, a => string.Join('-', Words(a.Text(0))).ToLowerInvariant());
        table.Add("camelcase", 1, a => string.Concat(Words(a.Text(0)).Select(Capitalised)));
        table.Add("plural", 3, a => Loose.Integer(a[2]) == 1 ? a.Text(0) : a.Text(1));
    }

    private static string OnFirstLetters(string text, Func<char, char> change)
    {
        var result = new StringBuilder(text);
        for (var i = 0; i < result.Length; i++)
        {
            if (i == 0 || char.IsWhiteSpace(text[i - 1]))
            {
                result[i] = change(text[i]);
            }
        }

        return result.ToString();
    }

    private static char Swapped(char c) => char.IsUpper(c) ? char.ToLowerInvariant(c) : char.ToUpperInvariant(c);

    private static string Capitalised(string word) => char.ToUpperInvariant(word[0]) + word[1..].ToLowerInvariant();

    /// <summary>Words end at separators, before a capital after a small letter, and before the last capital of a run: HTTP|Server.</summary>
    private static List<string> Words(string text)
    {
        var words = new List<string>();
        var word = new StringBuilder();
        for (var i = 0; i < text.Length; i++)
        {
            var startsWord = char.IsUpper(text[i]) && word.Length > 0
                && (!char.IsUpper(text[i - 1]) || (i + 1 < text.Length && char.IsLower(text[i + 1])));
            var separates = text[i] is '_' or '-' or ' ' or '.';
            if ((startsWord || separates) && word.Length > 0)
            {
                words.Add(word.ToString());
                word.Clear();
            }

            if (!separates)
            {
                word.Append(text[i]);
            }
        }

        if (word.Length > 0)
        {
            words.Add(word.ToString());
        }

        return words;
    }
}
