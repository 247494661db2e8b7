namespace Argosy.Engine.Expressions.Language;

/// <summary>
/// A variable as an expression names it: <c>steps.a.outputs.result</c>, or <c>steps['a-b'].x</c>, which is <c>steps.a-b.x</c>.
/// </summary>
internal sealed class VariablePath
{
    private readonly string[] segments;
    private readonly bool[] optional;

    public VariablePath(string root) : this([root], [false])
    {
    }

    private VariablePath(string[] segments, bool[] optional)
    {
        this.segments = segments;
        this.optional = optional;
        Name = string.Join('.', segments);
    }

    /// <summary>The dotted name.</summary>
    public string Name { get; }

    public ReadOnlySpan<string> Segments => segments;

    public string Root => segments[0];

    /// <summary>Whether <c>?.</c> stands before this segment or an earlier one: a nil before it makes the whole path nil.</summary>
    public bool IsOptional(int segment) => Array.IndexOf(optional, true, 0, segment + 1) >= 0;

    public VariablePath Append(string segment, bool isOptional) => new([.. segments, segment], [.. optional, isOptional]);
}
