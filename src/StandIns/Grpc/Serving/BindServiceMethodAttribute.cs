namespace Grpc.Core;

/// <summary>On a generated base class: which static method tells a <see cref="ServiceBinderBase"/> the methods of the service.</summary>
[AttributeUsage(AttributeTargets.Class)]
public sealed class BindServiceMethodAttribute(Type bindType, string bindMethodName) : Attribute
{
    public Type BindType { get; } = bindType;

    public string BindMethodName { get; } = bindMethodName;
}
