using Argosy.ClusterAgent.Embedded.Planning;
using Argosy.ClusterAgent.Embedded.Supervision;
using Argosy.ClusterAgent.Embedded.Transfers;
using Argosy.ClusterAgent.Embedded.Views;
using Argosy.ClusterAgent.Podless;
using Microsoft.Extensions.Logging;

namespace Argosy.ClusterAgent.Embedded.Runs;

/// <summary>What all pods of one embedded cluster share.</summary>
/// <param name="Hidden">Folders that pods see empty.</param>
internal sealed record EmbeddedMachine(
    string Cluster,
    MachineView View,
    SupervisorScripts Scripts,
    IReadOnlyList<string> Hidden,
    PodPlaces Places,
    PodPlanner Planner,
    InputDelivery Inputs,
    OutputCollector Outputs,
    PodlessTemplates Podless,
    TimeProvider Time,
    ILogger Logger);
