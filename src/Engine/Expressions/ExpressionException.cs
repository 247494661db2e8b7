namespace Argosy.Engine.Expressions;

/// <summary>An expression cannot be parsed or evaluated; the message says which and why.</summary>
public sealed class ExpressionException(string message) : Exception(message);
