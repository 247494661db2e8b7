using Argosy.Contracts.Agents;

namespace Argosy.ControlPlane.Dispatch;

/// <summary>What an agent has said of itself and its cluster. Facts for people: nothing is decided by them.</summary>
/// <param name="CertificateExpires">When its client certificate is no longer good; null: it needs none.</param>
internal sealed record AgentAbout(Hello Hello, DateTimeOffset? CertificateExpires, Capacity? Capacity);
