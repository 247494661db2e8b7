using Argosy.ControlPlane.Hosting;

namespace Argosy.Cli.Hub;

/// <summary>Starts a hub in this process.</summary>
internal delegate Task<RunningHub> StartHub(HubOptions options, CancellationToken cancellationToken);
