using System.Collections;
using System.Text.Json.Nodes;
using Argosy.Engine.Expressions.Values;

namespace Argosy.Engine.Expressions.Language;

/// <summary>Values handed over for one evaluation: nested maps, or flat ones whose keys are dotted names.</summary>
internal sealed class DictionarySurroundings(IReadOnlyDictionary<string, object?> environment) : Surroundings
{
    public override DateTimeOffset? Now => Comparison.TimeIn(environment.GetValueOrDefault("now"));

    public override bool Has(string root) => environment.ContainsKey(root);

    public override object? Resolve(VariablePath path, bool nilIsFine)
    {
        if (!environment.TryGetValue(path.Root, out var value))
        {
            return environment.TryGetValue(path.Name, out var whole) ? Value.From(whole)
                : nilIsFine ? null
                : throw new ExpressionException($"unknown name {path.Root}");
        }

        for (var i = 1; i < path.Segments.Length; i++)
        {
            if (value is null && (nilIsFine || path.IsOptional(i)))
            {
                return null;
            }

            value = Member(value, path.Segments[i]);
        }

        return Value.From(value);
    }

    /// <summary>Steps into maps without converting what surrounds the value looked for.</summary>
    private static object? Member(object? value, string name) => value switch
    {
        IReadOnlyDictionary<string, object?> map => map.GetValueOrDefault(name),
        JsonObject json => json[name],
        IDictionary map => map[name],
        _ => Access.Member(Value.From(value), name),
    };
}
