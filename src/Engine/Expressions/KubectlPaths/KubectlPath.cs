using System.Text;
using System.Text.Json.Nodes;
using Argosy.Engine.Expressions.Jq;
using Argosy.Engine.Expressions.Values;

namespace Argosy.Engine.Expressions.KubectlPaths;

/// <summary>
/// A JSONPath template as <c>kubectl get -o jsonpath=…</c> takes it, used for <c>valueFrom.jsonPath</c> of a resource's output: parsed once,
/// rendered from any thread. What is not there leaves nothing behind, as with kubectl. A text without braces that begins with a dot, <c>$</c>
/// or <c>@</c> is taken for one path. The grammar is at <see cref="KubectlPathParser"/>.
/// </summary>
public sealed class KubectlPath
{
    private readonly IReadOnlyList<KubectlPathNode> nodes;

    private KubectlPath(string source, IReadOnlyList<KubectlPathNode> nodes) => (Source, this.nodes) = (source, nodes);

    public string Source { get; }

    /// <exception cref="ExpressionException">The source is no template; the message says where.</exception>
    public static KubectlPath Parse(string source) => new(source, KubectlPathParser.Parse(source));

    /// <exception cref="ExpressionException">The path does not fit the object: an index out of bounds, a filter of something that is no list.</exception>
    public string Render(JsonNode? input)
    {
        var text = new StringBuilder();
        var value = input is null ? null : JqValue.Parse(input.ToJsonString());
        KubectlPathNode.Render(nodes, value, text, new Budget());
        return text.ToString();
    }
}

/// <summary>A stretch of a template.</summary>
internal abstract class KubectlPathNode
{
    public abstract void Render(object? value, StringBuilder text, Budget budget);

    public static void Render(IReadOnlyList<KubectlPathNode> nodes, object? value, StringBuilder text, Budget budget)
    {
        foreach (var node in nodes)
        {
            node.Render(value, text, budget);
        }
    }
}

/// <summary>Text outside of braces, or a quoted text in them.</summary>
internal sealed class KubectlText(string plain) : KubectlPathNode
{
    public override void Render(object? value, StringBuilder text, Budget budget)
    {
        budget.SpendText(plain.Length);
        text.Append(plain);
    }
}

/// <summary><c>{.a.b[*]}</c>: what the path finds, with blanks between.</summary>
internal sealed class KubectlQuery(IReadOnlyList<KubectlStep> steps) : KubectlPathNode
{
    public override void Render(object? value, StringBuilder text, Budget budget)
    {
        var first = true;
        foreach (var found in KubectlStep.Find(steps, value, budget))
        {
            var shown = Shown(found);
            budget.SpendText(shown.Length);
            text.Append(first ? "" : " ").Append(shown);
            first = false;
        }
    }

    /// <summary>Objects and lists as JSON, anything else as Go prints it.</summary>
    private static string Shown(object? value) => value is List<object?> or ValueMap ? JqValue.Text(value) : GoText.Of(value);
}

/// <summary><c>{range …}…{end}</c>: the stretch between, once for each thing the path finds.</summary>
internal sealed class KubectlRange(IReadOnlyList<KubectlStep> steps, IReadOnlyList<KubectlPathNode> body) : KubectlPathNode
{
    public override void Render(object? value, StringBuilder text, Budget budget)
    {
        foreach (var found in KubectlStep.Find(steps, value, budget))
        {
            budget.Spend(1);
            Render(body, found, text, budget);
        }
    }
}
