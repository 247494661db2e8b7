using Argosy.Executor.Outputs;

namespace Argosy.Executor.Containers;

/// <summary>How a container ended.</summary>
/// <param name="Error">What went wrong around its command, for people.</param>
/// <param name="Message">What its outputs are, where it has any.</param>
internal sealed record ContainerEnd(int ExitCode, string? Error = null, TerminationMessage? Message = null);
