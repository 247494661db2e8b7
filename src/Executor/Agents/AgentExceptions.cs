using System.Net;

namespace Argosy.Executor.Agents;

/// <summary>The agent's last word: asking again changes nothing.</summary>
internal sealed class AgentRefusedException(HttpStatusCode status, string message) : Exception(message)
{
    public bool IsMissing { get; } = status == HttpStatusCode.NotFound;
}

/// <summary>The agent could not be reached, broke off, or cannot answer now: a later try may succeed.</summary>
internal sealed class AgentUnavailableException(string message, Exception? cause = null) : Exception(message, cause);
