using System.Reflection;
using Orleans.Concurrency;

namespace Orleans.Runtime;

/// <summary>What a method of a grain interface asks of the runtime.</summary>
internal sealed class GrainMethod(MethodInfo method)
{
    public bool AlwaysInterleaves { get; } = method.IsDefined(typeof(AlwaysInterleaveAttribute));

    public bool IsReadOnly { get; } = method.IsDefined(typeof(ReadOnlyAttribute));

    public bool IsOneWay { get; } = method.IsDefined(typeof(OneWayAttribute));

    private string Name { get; } = $"{method.DeclaringType!.Name}.{method.Name}";

    public override string ToString() => Name;
}
