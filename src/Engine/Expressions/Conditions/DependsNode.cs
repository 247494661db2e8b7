namespace Argosy.Engine.Expressions.Conditions;

internal abstract class DependsNode
{
    public abstract IEnumerable<(string Task, string? Result)> Terms { get; }

    public abstract bool Evaluate(Func<string, string?, bool> term);
}

internal sealed class DependsTerm(string task, string? result) : DependsNode
{
    public override IEnumerable<(string Task, string? Result)> Terms => [(task, result)];

    public override bool Evaluate(Func<string, string?, bool> term) => term(task, result);
}

internal sealed class DependsNot(DependsNode operand) : DependsNode
{
    public override IEnumerable<(string Task, string? Result)> Terms => operand.Terms;

    public override bool Evaluate(Func<string, string?, bool> term) => !operand.Evaluate(term);
}

/// <param name="all">Whether every operand must hold, rather than one.</param>
internal sealed class DependsJunction(bool all, List<DependsNode> operands) : DependsNode
{
    public override IEnumerable<(string Task, string? Result)> Terms => operands.SelectMany(operand => operand.Terms);

    public override bool Evaluate(Func<string, string?, bool> term) => all
        ? operands.TrueForAll(operand => operand.Evaluate(term))
        : operands.Exists(operand => operand.Evaluate(term));
}
