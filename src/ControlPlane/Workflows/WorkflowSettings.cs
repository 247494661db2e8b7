using Argosy.Engine.Workflows;

namespace Argosy.ControlPlane.Workflows;

/// <summary>What the hub's operator decided about all workflows.</summary>
/// <param name="Hub">Laid under every workflow when it is accepted; null: nothing.</param>
/// <param name="SystemNamespace">Where ConfigMaps for all namespaces are (shared artifact repositories).</param>
internal sealed record WorkflowSettings(HubSettings? Hub, string SystemNamespace);
