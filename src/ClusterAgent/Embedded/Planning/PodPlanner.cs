using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text.Json;
using Argosy.ClusterAgent.Pods;
using Argosy.Contracts.Agents;

namespace Argosy.ClusterAgent.Embedded.Planning;

/// <summary>Makes a plan of an intent: which commands with which variables and volumes.</summary>
internal sealed class PodPlanner(IHubLink hub, string claimsFolder)
{
    private const string InTheHub = "Embedded agents run in the hub's process, which is not compiled beforehand.";

    /// <summary>Where a script template's source lies in its pod; Argo users rely on the path.</summary>
    public const string ScriptPath = "/argo/staging/script";

    /// <param name="intent">What should run.</param>
    /// <param name="attemptVolumes">Where volumes that belong to the attempt alone are made.</param>
    /// <param name="root">The pod's root as its processes see it: empty in a private view.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<PodPlan> PlanAsync(PodIntent intent, string attemptVolumes, string root, CancellationToken cancellationToken)
    {
        var template = Parse<PodTemplate>(intent.TemplateJson, "template") ?? new PodTemplate();
        var volumes = Parse<IReadOnlyList<VolumeSpec>>(intent.VolumesJson, "volumes") ?? template.Volumes;
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
            main.Add(await containers.PlanAsync(mounted, template.Script is null ? null : root + ScriptPath, cancellationToken));
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
        _ => throw new PodPlanException("the template has nothing that a pod could run"),
    };

    private static PlannedRetry Retry(ContainerSetRetry? retry)
    {
        if (retry is null)
        {
            return PlannedRetry.None;
        }

        var pause = retry.Duration is { Length: > 0 } duration ? GoDuration.Parse(duration) : TimeSpan.Zero;
        return int.TryParse(retry.Retries.ToString(), CultureInfo.InvariantCulture, out var retries)
            ? new PlannedRetry(retries, pause)
            : new PlannedRetry(0, pause);
    }

    [UnconditionalSuppressMessage("Trimming", "IL2026", Justification = InTheHub)]
    [UnconditionalSuppressMessage("AOT", "IL3050", Justification = InTheHub)]
    private static T? Parse<T>(string json, string what)
        where T : class
    {
        try
        {
            return json.Length == 0 ? null : JsonSerializer.Deserialize<T>(json, PodTemplateJson.Options);
        }
        catch (JsonException e)
        {
            throw new PodPlanException($"the pod's {what} cannot be read: {e.Message}");
        }
    }
}
