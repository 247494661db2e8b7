using System.Text.Json;
using Argosy.Contracts.Agents;

namespace Argosy.ClusterAgent.Podless;

/// <summary>A kind of template that needs no pod: the agent does its work itself.</summary>
internal interface IPodlessTemplate
{
    /// <summary>The template's field that selects it.</summary>
    string Field { get; }

    /// <summary>Does the work and answers its final report; what may be done twice after a crash is done twice.</summary>
    /// <param name="intent">What should run.</param>
    /// <param name="body">The value of <see cref="Field"/>.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="PodlessException">The work could not be done.</exception>
    Task<NodeReport> RunAsync(PodIntent intent, JsonElement body, CancellationToken cancellationToken);
}

/// <summary>Work without a pod could not be done; the message is for the manifest's author.</summary>
internal sealed class PodlessException(string message) : Exception(message);
