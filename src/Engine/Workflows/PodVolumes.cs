using System.Text.Json.Nodes;
using Argosy.Engine.Expressions;
using Argosy.Engine.Templates;

namespace Argosy.Engine.Workflows;

/// <summary>The volumes of one pod: of the workflow's and the template's, those that a container mounts.</summary>
internal static class PodVolumes
{
    private static readonly string[] ContainerLists = ["initContainers", "sidecars"];

    /// <exception cref="ExpressionException">A container mounts a volume that nobody declares.</exception>
    public static (JsonArray Volumes, string? Unresolved) Of(WorkflowState state, JsonObject body, IVariables variables)
    {
        var volumes = new JsonArray();
        string? unresolved = null;
        var declared = Declared(state, body);
        foreach (var name in Mounted(body).Distinct(StringComparer.Ordinal))
        {
            if (!declared.TryGetValue(name, out var declaration))
            {
                throw new ExpressionException($"volume '{name}' not found in workflow spec");
            }

            var (volume, isRendered) = declaration;
            if (isRendered)
            {
                volumes.Add(volume.DeepClone());
                continue;
            }

            var rendered = JsonTags.Compile(volume).Render(variables);
            unresolved ??= rendered.Unresolved.Concat(rendered.Absent).FirstOrDefault(StepCalls.MustResolve);
            volumes.Add(rendered.Json);
        }

        return (volumes, unresolved);
    }

    // A template's volumes were rendered with it; the workflow's are rendered for each pod.
    private static Dictionary<string, (JsonObject Volume, bool IsRendered)> Declared(WorkflowState state, JsonObject body)
    {
        var declared = new Dictionary<string, (JsonObject, bool)>(StringComparer.Ordinal);
        foreach (var claim in state.Spec!.Json.Objects("volumeClaimTemplates").Select(claim => claim.Object("metadata").Text("name") ?? ""))
        {
            var volume = new JsonObject
            {
                ["name"] = claim,
                ["persistentVolumeClaim"] = new JsonObject { ["claimName"] = $"{state.Name}-{claim}" },
            };
            declared[claim] = (volume, true);
        }

        foreach (var volume in state.Spec.Json.Objects("volumes"))
        {
            declared[volume.Text("name") ?? ""] = (volume, false);
        }

        foreach (var volume in body.Objects("volumes"))
        {
            declared[volume.Text("name") ?? ""] = (volume, true);
        }

        return declared;
    }

    private static IEnumerable<string> Mounted(JsonObject body)
    {
        IEnumerable<JsonObject> holders =
        [
            .. new[] { body.Object("container"), body.Object("script"), body.Object("containerSet") }.OfType<JsonObject>(),
            .. body.Object("containerSet").Objects("containers"),
            .. ContainerLists.SelectMany(list => body.Objects(list)),
        ];
        return holders.SelectMany(holder => holder.Objects("volumeMounts").Concat(holder.Objects("volumeDevices"))).Select(mount => mount.Text("name") ?? "");
    }
}
