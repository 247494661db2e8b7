namespace Argosy.Engine.Manifests;

/// <summary>What a field may hold. Null always counts as "not set", as in Kubernetes.</summary>
public abstract record SchemaShape;

/// <summary>A single value.</summary>
public sealed record ScalarShape(ScalarKind Kind) : SchemaShape;

/// <summary>An object of a type of the same catalog, by the type's name: types refer to each other in circles.</summary>
public sealed record ReferenceShape(string TypeName) : SchemaShape;

/// <summary>A list. <paramref name="Keys"/> name the fields that tell elements apart; only for <see cref="ListSemantics.Map"/>.</summary>
public sealed record ListShape(SchemaShape Of, ListSemantics Semantics, IReadOnlyList<string> Keys) : SchemaShape;

/// <summary>An object with free keys.</summary>
public sealed record MapShape(SchemaShape Of) : SchemaShape;

/// <summary>Any JSON value; nothing below it is checked.</summary>
public sealed record AnyShape : SchemaShape;

/// <summary>A whole number or a text (a percentage, a name, a template tag).</summary>
public sealed record IntOrStringShape : SchemaShape;

/// <summary>A text that may also be written as a number or truth value, whose JSON text is then meant (Argo's AnyString).</summary>
public sealed record AnyStringShape : SchemaShape;

/// <summary>A text, or an object of a type instead of it.</summary>
public sealed record StringOrReferenceShape(string TypeName) : SchemaShape;

/// <summary>The kinds of single values.</summary>
public enum ScalarKind
{
    String,
    Boolean,

    /// <summary>A whole number of 32 bits.</summary>
    Int32,

    /// <summary>A whole number of 64 bits.</summary>
    Int64,
    Number,

    /// <summary>A Kubernetes quantity: text such as <c>500m</c> and <c>1Gi</c>, or a number.</summary>
    Quantity,

    /// <summary>RFC 3339 text.</summary>
    Time,

    /// <summary>Base64 text.</summary>
    Bytes,
}

/// <summary>How two versions of a list are merged by server-side apply and strategic merge.</summary>
public enum ListSemantics
{
    /// <summary>As one value.</summary>
    Atomic,

    /// <summary>Element by element; elements are single values.</summary>
    Set,

    /// <summary>Element by element; key fields tell them apart.</summary>
    Map,
}
