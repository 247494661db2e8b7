using System.Net;

namespace Argosy.Cli.Client;

/// <summary>The hub has answered with an error.</summary>
internal sealed class HubRefusal(HttpStatusCode status, string message) : Exception(message)
{
    public HttpStatusCode Status { get; } = status;

    /// <summary>What is wrong with the manifest, one by one; then the message has only its head.</summary>
    public IReadOnlyList<(string Path, string Message)> Causes { get; init; } = [];
}
