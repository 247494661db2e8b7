using System.Globalization;
using System.Text.Json;

namespace Argosy.ClusterAgent.Embedded.Planning;

/// <summary>Plans the containers of one pod.</summary>
internal sealed class ContainerPlanner(ContainerEnvironment environment, PodVolumes volumes)
{
    public async Task<IReadOnlyList<PlannedContainer>> PlanAllAsync(IEnumerable<ContainerSpec> containers, CancellationToken cancellationToken)
    {
        var planned = new List<PlannedContainer>();
        foreach (var container in containers)
        {
            planned.Add(await PlanAsync(container, null, cancellationToken));
        }

        return planned;
    }

    public async Task<PlannedContainer> PlanAsync(ContainerSpec container, string? lastArgument, CancellationToken cancellationToken)
    {
        IReadOnlyList<string> program = container.Command.Count > 0 ? container.Command : [ImageProgram.Of(container)];
        if (container.Name is "" or "." or ".." || container.Name.Contains('/', StringComparison.Ordinal))
        {
            throw new PodPlanException($"\"{container.Name}\" cannot be a container's name");
        }

        var variables = await environment.BuildAsync(container, cancellationToken);
        foreach (var mount in container.VolumeMounts)
        {
            volumes.Mount(container.Name, mount, variables);
        }

        IEnumerable<string> command = program.Concat(container.Args).Select(word => VariableExpansion.Expand(word, variables));
        return new PlannedContainer(
            container.Name,
            [.. lastArgument is null ? command : command.Append(lastArgument)],
            [.. variables],
            container.WorkingDir,
            container.Dependencies,
            Probe(container));
    }

    private static PlannedProbe? Probe(ContainerSpec container)
    {
        if (container.ReadinessProbe is not { } probe)
        {
            return null;
        }

        var port = probe switch
        {
            { HttpGet: { } http } => Port(http.Port, container),
            { TcpSocket: { } tcp } => Port(tcp.Port, container),
            _ => 0,
        };
        return new PlannedProbe(probe, port);
    }

    private static int Port(JsonElement port, ContainerSpec container)
    {
        if (int.TryParse(port.ToString(), CultureInfo.InvariantCulture, out var number))
        {
            return number;
        }

        return container.Ports.FirstOrDefault(named => named.Name == port.ToString())?.Number
            ?? throw new PodPlanException($"container \"{container.Name}\": its readiness probe names port \"{port}\", which it does not declare");
    }
}
