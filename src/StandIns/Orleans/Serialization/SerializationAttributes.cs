namespace Orleans;

/// <summary>
/// Marks a type that travels between silos. One process passes references, so here the mark only documents and keeps both builds alike.
/// </summary>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Struct | AttributeTargets.Enum)]
public sealed class GenerateSerializerAttribute : Attribute
{
    /// <summary>Whether primary constructor parameters are members to serialize.</summary>
    public bool IncludePrimaryConstructorParameters { get; init; } = true;
}

/// <summary>Numbers a serialized member; a number is never reused.</summary>
[AttributeUsage(
    AttributeTargets.Field | AttributeTargets.Property | AttributeTargets.Class | AttributeTargets.Struct | AttributeTargets.Enum
    | AttributeTargets.Method)]
public sealed class IdAttribute(uint id) : Attribute
{
    /// <summary>Unique among the type's members.</summary>
    public uint Id { get; } = id;
}

/// <summary>Names a type or method independently of its C# name, so that it can be renamed while old peers still call it.</summary>
[AttributeUsage(
    AttributeTargets.Class | AttributeTargets.Interface | AttributeTargets.Struct | AttributeTargets.Enum | AttributeTargets.Method)]
public sealed class AliasAttribute(string alias) : Attribute
{
    /// <summary>Unique in the program for a type, among its type's methods for a method.</summary>
    public string Alias { get; } = alias;
}

/// <summary>Promises that a value never changes once made, so Orleans need not copy it. Here nothing is ever copied.</summary>
[AttributeUsage(
    AttributeTargets.Struct | AttributeTargets.Class | AttributeTargets.Property | AttributeTargets.Field | AttributeTargets.Parameter)]
public sealed class ImmutableAttribute : Attribute;
