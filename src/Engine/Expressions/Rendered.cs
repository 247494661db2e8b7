using System.Text.Json.Nodes;

namespace Argosy.Engine.Expressions;

/// <summary>A text after its tags were resolved.</summary>
/// <param name="Text">The text; tags that could not be resolved stand in it as they were.</param>
/// <param name="Unresolved">The names of simple tags without a known variable; an expression tag is its source behind an equals sign.</param>
/// <param name="Absent">The names of simple tags whose variable will never have a value.</param>
public sealed record Rendered(string Text, IReadOnlyList<string> Unresolved, IReadOnlyList<string> Absent);

/// <summary>A JSON tree after its tags were resolved; the lists are those of <see cref="Rendered"/> over all its texts.</summary>
/// <param name="Json">A tree of its own, safe to change.</param>
public sealed record RenderedJson(JsonNode? Json, IReadOnlyList<string> Unresolved, IReadOnlyList<string> Absent);
