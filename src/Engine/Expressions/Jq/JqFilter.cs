using System.Text.Json.Nodes;
using Argosy.Engine.Expressions.Values;

namespace Argosy.Engine.Expressions.Jq;

/// <summary>
/// A jq filter, as <c>valueFrom.jqFilter</c> of a resource's output has it: parsed once, applied from any thread. The language is gojq's,
/// without a clock, an environment and further inputs; a filter that needs unreasonable work is refused. Whole numbers are exact up to 64
/// bits. The grammar is at <see cref="JqParser"/>.
/// </summary>
public sealed class JqFilter
{
    /// <summary>No filter of a manifest has a reason to make more outputs than this.</summary>
    private const int MaxOutputs = 100_000;

    private readonly JqNode root;

    private JqFilter(string source, JqNode root) => (Source, this.root) = (source, root);

    public string Source { get; }

    /// <exception cref="ExpressionException">The source is no filter; the message says where.</exception>
    public static JqFilter Parse(string source) => new(source, JqParser.Parse(source));

    /// <summary>Every output as compact JSON with sorted keys.</summary>
    /// <exception cref="ExpressionException">The filter fails.</exception>
    public IReadOnlyList<string> Apply(JsonNode? input) => [.. Run(input).Select(JqValue.Text)];

    /// <summary>What becomes of a resource's output: texts as they are, anything else as JSON, a line each, white space around it cut.</summary>
    /// <exception cref="ExpressionException">The filter fails.</exception>
    public string Extract(JsonNode? input) => string.Join('\n', Run(input).Select(JqValue.Plain)).Trim();

    private List<object?> Run(JsonNode? input)
    {
        var budget = new Budget();
        var outputs = new List<object?>();
        try
        {
            var value = input is null ? null : JqValue.Parse(input.ToJsonString());
            foreach (var output in root.Values(JqEnvironment.Start(budget), new Located(value, null)))
            {
                budget.Spend(1);
                outputs.Add(output);
                if (outputs.Count > MaxOutputs)
                {
                    throw new ExpressionException($"the jq filter has more than {MaxOutputs} outputs");
                }
            }

            return outputs;
        }
        catch (JqFailure failure)
        {
            throw new ExpressionException($"the jq filter failed: {failure.Message}");
        }
        catch (JqBreak)
        {
            throw new ExpressionException("the jq filter breaks out of a label that has ended");
        }
    }
}
