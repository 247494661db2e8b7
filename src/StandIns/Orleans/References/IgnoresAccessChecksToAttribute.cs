namespace System.Runtime.CompilerServices;

/// <summary>
/// The runtime lets an assembly with this mark use the internals of the one it names: emitted code needs it for internal interfaces.
/// </summary>
[AttributeUsage(AttributeTargets.Assembly, AllowMultiple = true)]
internal sealed class IgnoresAccessChecksToAttribute(string assemblyName) : Attribute
{
    public string AssemblyName { get; } = assemblyName;
}
