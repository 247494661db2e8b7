namespace Argosy.Engine.Expressions.Tags;

/// <summary>
/// Finds the tags of a text, in time linear in its length whatever the text is.
/// <code>
/// text       = { plain | tag }
/// tag        = "{{" "=" expression "}}" | "{{" name "}}"
/// expression = up to the first "}}" outside its own quotes and braces
/// name       = { plain | tag }                    blanks around the name do not count
/// </code>
/// An opening without an end is plain text, and so is an end without an opening. Tags nested deeper than <see cref="MaxNesting"/> are plain
/// text around their inner tags.
/// </summary>
internal sealed class TagParser
{
    private const int MaxNesting = 16;

    /// <summary>
    /// How often the end of an expression may be sought with regard to quotes and braces in vain; each such search reads to the end of the
    /// text. After that the next "}}" ends every expression.
    /// </summary>
    private const int MaxVainSearches = 16;

    private readonly string text;
    private readonly List<Piece> pieces = [];
    private readonly Stack<Opening> openings = new();
    private int position;
    private int vainSearches;
    private bool noMoreEnds;

    private TagParser(string text) => this.text = text;

    /// <returns>The segments, or null when the text has no tags.</returns>
    public static Segment[]? Parse(string text)
    {
        // Most texts of a workflow have no tags at all.
        if (!text.Contains("{{", StringComparison.Ordinal))
        {
            return null;
        }

        var parser = new TagParser(text);
        parser.ReadAll();
        return parser.pieces.Exists(piece => piece.Tag is not null) ? parser.Segments(from: 0) : null;
    }

    private void ReadAll()
    {
        while (position < text.Length)
        {
            var next = NextBraces();
            if (next < 0)
            {
                break;
            }

            AddPlain(position, next);
            position += next;
            if (text[position] == '}')
            {
                Close();
            }
            else if (position + 2 < text.Length && text[position + 2] == '=' && ExpressionEnd(position + 3) is { } end)
            {
                pieces.Add(new Piece(0, 0, new ExpressionTag(text[(position + 3)..end])));
                Enclose(1);
                position = end + 2;
            }
            else
            {
                openings.Push(new Opening(pieces.Count));
                AddPlain(position, 2);
                position += 2;
            }
        }

        AddPlain(position, text.Length - position);
    }

    /// <summary>How far the next two equal braces are, or -1.</summary>
    private int NextBraces()
    {
        for (var i = position; i + 1 < text.Length; i++)
        {
            i += text.AsSpan(i).IndexOfAny('{', '}') is >= 0 and var brace ? brace : text.Length;
            if (i + 1 < text.Length && text[i] == text[i + 1])
            {
                return i - position;
            }
        }

        return -1;
    }

    private void Close()
    {
        // In "}}}" the first two end the tag, as in upstream.
        if (openings.TryPop(out var opening) && opening.Height < MaxNesting)
        {
            var inner = Segments(opening.Piece + 1);
            pieces.RemoveRange(opening.Piece, pieces.Count - opening.Piece);
            pieces.Add(new Piece(0, 0, opening.Height == 0 ? new SimpleTag(PlainText(inner)) : new NestedTag(inner)));
            Enclose(opening.Height + 1);
        }
        else
        {
            AddPlain(position, 2);
            Enclose(opening.Height);
        }

        position += 2;
    }

    /// <summary>Tells the tag around, if there is one, how high what it contains is.</summary>
    private void Enclose(int height)
    {
        if (openings.TryPop(out var around))
        {
            openings.Push(around with { Height = Math.Max(around.Height, height) });
        }
    }

    private int? ExpressionEnd(int start)
    {
        if (noMoreEnds)
        {
            return null;
        }

        if (vainSearches < MaxVainSearches)
        {
            if (BalancedEnd(start) is { } balanced)
            {
                return balanced;
            }

            vainSearches++;
        }

        var end = text.IndexOf("}}", start, StringComparison.Ordinal);
        noMoreEnds = end < 0;
        return end < 0 ? null : end;
    }

    private int? BalancedEnd(int start)
    {
        var braces = 0;
        for (var i = start; i < text.Length; i++)
        {
            switch (text[i])
            {
                case '\'' or '"' or '`':
                    i = TextEnd(i);
                    break;
                case '{':
                    braces++;
                    break;
                case '}' when braces > 0:
                    braces--;
                    break;
                case '}' when i + 1 < text.Length && text[i + 1] == '}':
                    return i;
            }
        }

        return null;
    }

    private int TextEnd(int start)
    {
        for (var i = start + 1; i < text.Length; i++)
        {
            if (text[i] == text[start])
            {
                return i;
            }

            i += text[i] == '\\' && text[start] != '`' ? 1 : 0;
        }

        return text.Length;
    }

    private void AddPlain(int start, int length)
    {
        if (length > 0)
        {
            pieces.Add(new Piece(start, length, null));
        }
    }

    /// <summary>The pieces from one on, plain neighbours joined.</summary>
    private Segment[] Segments(int from)
    {
        var segments = new List<Segment>();
        for (var i = from; i < pieces.Count; i++)
        {
            if (pieces[i].Tag is { } tag)
            {
                segments.Add(tag);
                continue;
            }

            // Plain pieces that touch in the list touch in the text.
            var start = pieces[i].Start;
            while (i + 1 < pieces.Count && pieces[i + 1].Tag is null)
            {
                i++;
            }

            segments.Add(new PlainSegment(text[start..(pieces[i].Start + pieces[i].Length)]));
        }

        return [.. segments];
    }

    private static string PlainText(Segment[] segments) => segments is [PlainSegment plain] ? plain.Text : "";

    /// <param name="Tag">The tag, or null for the plain text at <paramref name="Start"/>.</param>
    private readonly record struct Piece(int Start, int Length, Segment? Tag);

    /// <param name="Piece">The piece with the opening braces.</param>
    /// <param name="Height">How many levels of tags are inside so far.</param>
    private readonly record struct Opening(int Piece, int Height = 0);
}
