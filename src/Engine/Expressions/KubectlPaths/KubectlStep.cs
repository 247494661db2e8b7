using Argosy.Engine.Expressions.Jq;
using Argosy.Engine.Expressions.Values;

namespace Argosy.Engine.Expressions.KubectlPaths;

/// <summary>One step of a path: from the values found so far to the next ones.</summary>
internal abstract class KubectlStep
{
    public abstract IEnumerable<object?> Find(IReadOnlyList<object?> values, Budget budget);

    public static List<object?> Find(IReadOnlyList<KubectlStep> steps, object? value, Budget budget)
    {
        List<object?> found = [value];
        foreach (var step in steps)
        {
            var next = new List<object?>();
            foreach (var each in step.Find(found, budget))
            {
                budget.Spend(1);
                next.Add(each);
            }

            found = next;
        }

        return found;
    }

    protected static IEnumerable<object?> Children(object? value) => value switch
    {
        List<object?> list => list,
        ValueMap map => map.SortedKeys().Select(key => map[key]),
        _ => [],
    };

    protected static List<object?> List(object? value, string otherwise) => value as List<object?>
        ?? throw new ExpressionException($"{JqValue.Preview(value)} {otherwise}");
}

/// <summary><c>.name</c>; a value without it leaves nothing behind.</summary>
internal sealed class KubectlField(string name) : KubectlStep
{
    public override IEnumerable<object?> Find(IReadOnlyList<object?> values, Budget budget) =>
        values.OfType<ValueMap>().Where(map => map.ContainsKey(name)).Select(map => map[name]);
}

/// <summary><c>['name']</c>: a path of its own, dots separating unless escaped; a key that is literally there goes first.</summary>
internal sealed class KubectlQuotedField(string literal, IReadOnlyList<KubectlStep> path) : KubectlStep
{
    public override IEnumerable<object?> Find(IReadOnlyList<object?> values, Budget budget) => values.SelectMany(value =>
        value is ValueMap map && map.TryGetValue(literal, out var there) ? [there] : Find(path, value, budget));
}

/// <summary><c>.*</c>.</summary>
internal sealed class KubectlWildcard : KubectlStep
{
    public override IEnumerable<object?> Find(IReadOnlyList<object?> values, Budget budget) => values.SelectMany(Children);
}

/// <summary><c>..</c>: the value and all objects and lists inside it; what is no container, or empty, has nothing to look into.</summary>
internal sealed class KubectlDescent : KubectlStep
{
    public override IEnumerable<object?> Find(IReadOnlyList<object?> values, Budget budget) => values.SelectMany(value => Descend(value, budget, 0));

    private static IEnumerable<object?> Descend(object? value, Budget budget, int depth)
    {
        Value.CheckDepth(depth);
        budget.Spend(1 + (depth / 8));
        if (!Children(value).Any())
        {
            yield break;
        }

        yield return value;
        foreach (var inner in Children(value).SelectMany(child => Descend(child, budget, depth + 1)))
        {
            yield return inner;
        }
    }
}

/// <summary><c>[index]</c>: counted from the end when negative; out of bounds is an error.</summary>
internal sealed class KubectlIndex(long index) : KubectlStep
{
    public override IEnumerable<object?> Find(IReadOnlyList<object?> values, Budget budget)
    {
        foreach (var value in values.Where(value => value is not null))
        {
            var list = List(value, "is not array or slice");
            var position = index < 0 ? index + list.Count : index;
            yield return position >= 0 && position < list.Count
                ? list[(int)position]
                : throw new ExpressionException($"array index out of bounds: index {position}, length {list.Count}");
        }
    }
}

/// <summary><c>[from:to:step]</c> and <c>[*]</c>: bounds beyond the list are errors, except that nothing can be taken from anywhere.</summary>
internal sealed class KubectlSlice(long? from, long? to, long? step) : KubectlStep
{
    public override IEnumerable<object?> Find(IReadOnlyList<object?> values, Budget budget)
    {
        foreach (var value in values.Where(value => value is not null))
        {
            // [*] also walks over the values of an object.
            var list = value is ValueMap && from is null && to is null ? Children(value).ToList() : List(value, "is not array or slice");
            var start = from ?? 0;
            start = start < 0 ? start + list.Count : start;
            var end = to ?? list.Count;
            end = end < 0 ? end + list.Count : end;
            if (start == end)
            {
                continue;
            }

            foreach (var (bound, most) in new[] { (start, list.Count - 1), (end, list.Count) })
            {
                if (bound < 0 || bound > most)
                {
                    throw new ExpressionException($"array index out of bounds: index {bound}, length {list.Count}");
                }
            }

            if (start > end)
            {
                throw new ExpressionException($"starting index {start} is greater than ending index {end}");
            }

            for (var i = start; i < end; i += step ?? 1)
            {
                yield return list[(int)i];
            }
        }
    }
}

/// <summary><c>[a,b]</c>: everything the first finds, then everything the second finds.</summary>
internal sealed class KubectlUnion(IReadOnlyList<KubectlStep> members) : KubectlStep
{
    public override IEnumerable<object?> Find(IReadOnlyList<object?> values, Budget budget) =>
        members.SelectMany(member => member.Find(values, budget));
}

/// <summary><c>[?(left op right)]</c>: the elements for which it holds; without an operator, those for which left finds something.</summary>
internal sealed class KubectlFilter(KubectlOperand left, string? @operator, KubectlOperand? right) : KubectlStep
{
    public override IEnumerable<object?> Find(IReadOnlyList<object?> values, Budget budget) => values
        .SelectMany(value => value is null ? [] : List(value, "is not array or slice and cannot be filtered"))
        .Where(element => Holds(element, budget));

    private bool Holds(object? element, Budget budget)
    {
        var a = left.Find(element, budget);
        if (@operator is null || a.Count == 0)
        {
            return a.Count > 0;
        }

        var b = right!.Find(element, budget);
        if (b.Count == 0)
        {
            return false;
        }

        if (a.Count > 1 || b.Count > 1)
        {
            throw new ExpressionException("can only compare one element at a time");
        }

        // Values of different types are different and have no order; kubectl refuses to compare them at all.
        var sameType = JqValue.TypeName(a[0]) == JqValue.TypeName(b[0]);
        var order = sameType ? JqValue.Compare(a[0], b[0], budget) : 0;
        return @operator switch
        {
            "==" => sameType && order == 0,
            "!=" => !sameType || order != 0,
            "<" => sameType && order < 0,
            "<=" => sameType && order <= 0,
            ">" => sameType && order > 0,
            _ => sameType && order >= 0,
        };
    }
}

/// <summary>A side of a filter's comparison: a literal, or a path from the element.</summary>
internal sealed record KubectlOperand(object? Literal, IReadOnlyList<KubectlStep>? Path)
{
    public List<object?> Find(object? element, Budget budget) => Path is null ? [Literal] : KubectlStep.Find(Path, element, budget);
}
