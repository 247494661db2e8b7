namespace Argosy.Engine.Expressions.Jq;

/// <summary>The names known at one place of a filter while it is read, the innermost first.</summary>
internal sealed class JqScope
{
    public static readonly JqScope Empty = new(null, null);

    private readonly JqScope? outer;
    private readonly object? declaration;

    private JqScope(JqScope? outer, object? declaration)
    {
        this.outer = outer;
        this.declaration = declaration;
    }

    public JqScope With(JqVariable variable) => new(this, variable);

    public JqScope With(JqFunction function) => new(this, function);

    /// <summary>A parameter with a dollar sign can be used as a variable and as a filter.</summary>
    public JqScope With(JqParameter parameter) => parameter.Variable is { } variable ? new(new(this, parameter), variable) : new(this, parameter);

    public JqVariable? FindVariable(string name)
    {
        for (var at = this; at is not null; at = at.outer)
        {
            if (at.declaration is JqVariable variable && variable.Name == name)
            {
                return variable;
            }
        }

        return null;
    }

    /// <summary>The <see cref="JqParameter"/> or <see cref="JqFunction"/> of that name that takes so many arguments.</summary>
    public object? FindCallable(string name, int arguments)
    {
        for (var at = this; at is not null; at = at.outer)
        {
            switch (at.declaration)
            {
                case JqParameter parameter when arguments == 0 && parameter.Name == name:
                    return parameter;
                case JqFunction function when function.Name == name && function.Parameters.Count == arguments:
                    return function;
            }
        }

        return null;
    }
}
