namespace Argosy.Cli;

/// <summary>A command cannot do what it was asked; the message says why and, where there is something to do, what.</summary>
internal sealed class CommandException(string message, Exception? inner = null) : Exception(message, inner);
