using System.Globalization;

namespace Argosy.Engine.Workflows;

/// <summary>Work that is done, of the work there is, as users see it: <c>3/7</c>. A leaf counts as one unless it reports more.</summary>
public readonly record struct Progress(long Done, long All)
{
    public static readonly Progress One = new(0, 1);

    /// <summary>Everything is done.</summary>
    public Progress Completed => new(All, All);

    /// <returns>Null when the text is no progress: <c>N/M</c> with 0 ≤ N ≤ M and M > 0.</returns>
    public static Progress? Parse(string? text)
    {
        var parts = (text ?? "").Trim().Split('/');
        return parts.Length == 2
            && long.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out var done)
            && long.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out var all)
            && all > 0 && done <= all
            ? new Progress(done, all)
            : null;
    }

    public static Progress operator +(Progress left, Progress right) => new(left.Done + right.Done, left.All + right.All);

    public static Progress operator -(Progress left, Progress right) => new(left.Done - right.Done, left.All - right.All);

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Done}/{All}");
}
