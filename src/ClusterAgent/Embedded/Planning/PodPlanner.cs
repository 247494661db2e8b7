using System.Globalization;
using System.Text.Json;
using Argosy.ClusterAgent.Embedded.Views;
using Argosy.Contracts.Agents;

namespace Argosy.ClusterAgent.Embedded.Planning;

/// <summary>Makes a plan of an intent: which commands with which variables and volumes.</summary>
internal sealed class PodPlanner(IHubLink hub, string claimsFolder)
{
    /// <summary>Where a script template's source lies in its pod; Argo users rely on the path.</summary>
    public const string ScriptPath = "/argo/staging/script";

    public async Task<PodPlan> PlanAsync(PodIntent intent, string attemptVolumes, CancellationToken cancellationToken)
    {
        var template = Parse(intent.TemplateJson, PodTemplateJson.Default.PodTemplate, "template") ?? new PodTemplate();
        var volumes = Parse(intent.VolumesJson, PodTemplateJson.Default.IReadOnlyListVolumeSpec, "volumes") ?? template.Volumes;
        var configurations = new Configurations(hub, intent.Key.Namespace);
        var folders = new PodVolumes(attemptVolumes, Path.Join(claimsFolder, intent.Key.Namespace), configurations);
        foreach (var volume in volumes)
        {
            await folders.AddAsync(volume, cancellationToken);
        }

        var containers = new ContainerPlanner(new ContainerEnvironment(intent, configurations), folders);
        var sharedMounts = template.ContainerSet?.VolumeMounts ?? [];
        var main = new List<PlannedContainer>();
        foreach (var container in MainContainers(template))
        {
            var mounted = container with { VolumeMounts = [.. sharedMounts, .. container.VolumeMounts] };
            main.Add(await containers.PlanAsync(mounted, template.Script is null ? null : ScriptPath, cancellationToken));
        }

        return new PodPlan(
            await containers.PlanAllAsync(template.InitContainers, cancellationToken),
            main,
            await containers.PlanAllAsync(template.Sidecars, cancellationToken),
            folders.Mounts,
            template.Script?.Source ?? (template.Script is null ? null : ""),
            Retry(template.ContainerSet?.RetryStrategy));
    }

    private static IReadOnlyList<ContainerSpec> MainContainers(PodTemplate template) => template switch
    {
        { Container: { } container } => [container with { Name = "main" }],
        { ContainerSet: { } set } => set.Containers,
        { Script: { } script } => [script with { Name = "main" }],
        _ => throw new PodPlanException("an embedded cluster runs container, containerSet and script templates only"),
    };

    private static PlannedRetry Retry(ContainerSetRetry? retry)
    {
        if (retry is null)
        {
            return PlannedRetry.None;
        }

        var pause = retry.Duration is { Length: > 0 } duration ? GoDuration(duration) : TimeSpan.Zero;
        return int.TryParse(retry.Retries.ToString(), CultureInfo.InvariantCulture, out var retries)
            ? new PlannedRetry(retries, pause)
            : new PlannedRetry(0, pause);
    }

    /// <summary>A Go duration of one unit ("10s"); sets use no others in practice, and a pause is no place to fail a pod.</summary>
    private static TimeSpan GoDuration(string duration)
    {
        (string Suffix, double Seconds)[] units = [("ms", 0.001), ("s", 1), ("m", 60), ("h", 3600)];
        foreach (var (suffix, seconds) in units)
        {
            if (duration.EndsWith(suffix, StringComparison.Ordinal)
                && double.TryParse(duration[..^suffix.Length], CultureInfo.InvariantCulture, out var count))
            {
                return TimeSpan.FromSeconds(count * seconds);
            }
        }

        return TimeSpan.Zero;
    }

    private static T? Parse<T>(string json, System.Text.Json.Serialization.Metadata.JsonTypeInfo<T> type, string what)
        where T : class
    {
        try
        {
            return json.Length == 0 ? null : JsonSerializer.Deserialize(json, type);
        }
        catch (JsonException e)
        {
            throw new PodPlanException($"the pod's {what} cannot be read: {e.Message}");
        }
    }
}

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
        if (container.Command.Count == 0)
        {
            throw new PodPlanException(
                $"container \"{container.Name}\" has no command: an embedded cluster pulls no images, so it cannot know the entrypoint of image \"{container.Image}\"; name a `command`");
        }

        if (container.Name is "" or "." or ".." || container.Name.Contains('/', StringComparison.Ordinal))
        {
            throw new PodPlanException($"\"{container.Name}\" cannot be a container's name");
        }

        var variables = await environment.BuildAsync(container, cancellationToken);
        foreach (var mount in container.VolumeMounts)
        {
            volumes.Mount(container.Name, mount, variables);
        }

        IEnumerable<string> command = container.Command.Concat(container.Args).Select(word => VariableExpansion.Expand(word, variables));
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
