namespace Argosy.ClusterAgent.Embedded.Transfers;

/// <summary>An input could not be delivered or an output not be taken; the message names it and is for the manifest's author.</summary>
internal sealed class TransferException(string message) : Exception(message);
