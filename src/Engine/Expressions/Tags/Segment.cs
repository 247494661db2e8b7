using System.Text;
using Argosy.Engine.Expressions.Language;
using Argosy.Engine.Expressions.Values;

namespace Argosy.Engine.Expressions.Tags;

/// <summary>A stretch of a text: plain, or a tag.</summary>
internal abstract class Segment
{
    /// <summary>The variables this segment asks for.</summary>
    public abstract IEnumerable<string> References { get; }

    /// <summary>The text that takes the segment's place.</summary>
    /// <param name="variables">The values.</param>
    /// <param name="findings">Takes down what cannot be resolved.</param>
    /// <param name="resolved">Whether nothing of the segment was left in place.</param>
    public abstract string Render(IVariables variables, Findings findings, out bool resolved);
}

internal sealed class PlainSegment(string text) : Segment
{
    public string Text => text;

    public override IEnumerable<string> References => [];

    public override string Render(IVariables variables, Findings findings, out bool resolved)
    {
        resolved = true;
        return text;
    }
}

/// <summary><c>{{name}}</c>.</summary>
internal sealed class SimpleTag(string inner) : Segment
{
    private readonly string name = inner.Trim();
    private readonly string source = $"{{{{{inner}}}}}";

    public override IEnumerable<string> References => [name];

    public override string Render(IVariables variables, Findings findings, out bool resolved) =>
        Resolve(name, source, variables, findings, out resolved);

    public static string Resolve(string name, string source, IVariables variables, Findings findings, out bool resolved)
    {
        var value = variables.Find(name);
        resolved = value is not null;
        if (value is not null)
        {
            return value;
        }

        if (variables.IsAbsent(name))
        {
            findings.AddAbsent(name);
        }
        else
        {
            findings.AddUnresolved(name);
        }

        return source;
    }
}

/// <summary><c>{{a.{{b}}}}</c>: the tags inside give the name. While they are open, so is this one, and only they are reported.</summary>
internal sealed class NestedTag(Segment[] inner) : Segment
{
    public override IEnumerable<string> References => inner.SelectMany(segment => segment.References);

    public override string Render(IVariables variables, Findings findings, out bool resolved)
    {
        var name = new StringBuilder();
        resolved = true;
        foreach (var segment in inner)
        {
            name.Append(segment.Render(variables, findings, out var segmentResolved));
            resolved &= segmentResolved;
        }

        var source = $"{{{{{name}}}}}";
        return resolved ? SimpleTag.Resolve(name.ToString().Trim(), source, variables, findings, out resolved) : source;
    }
}

/// <summary><c>{{=expression}}</c>. A text is inserted as it is, any other result as JSON.</summary>
internal sealed class ExpressionTag : Segment
{
    private readonly string source;
    private readonly Expression? expression;
    private readonly string? mistake;

    public ExpressionTag(string source)
    {
        this.source = source;
        try
        {
            expression = Expression.Parse(source);
        }
        catch (ExpressionException e)
        {
            // A text with a bad tag can be stored and shown; it fails when somebody needs its value.
            mistake = e.Message;
        }
    }

    public override IEnumerable<string> References => expression?.VariablePaths ?? [];

    public override string Render(IVariables variables, Findings findings, out bool resolved)
    {
        if (expression is null)
        {
            throw Failed(mistake!);
        }

        try
        {
            var value = expression.EvaluateKnown(variables);
            resolved = true;
            return value switch
            {
                null => throw new ExpressionException("the result is nil"),
                string text => text,
                _ => JsonText.Write(value),
            };
        }
        catch (UnknownVariableException)
        {
            findings.AddUnresolved("=" + source.Trim());
            resolved = false;
            return $"{{{{={source}}}}}";
        }
        catch (ExpressionException e)
        {
            throw Failed(e.Message);
        }
    }

    private ExpressionException Failed(string reason) => new($"failed to evaluate expression \"{source.Trim()}\": {reason}");
}
