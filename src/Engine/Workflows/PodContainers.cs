using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Argosy.Engine.Templates;

namespace Argosy.Engine.Workflows;

/// <summary>The containers of a node's pod as Kubernetes takes them, with the variables that Argo gives each of them.</summary>
internal sealed class PodContainers(WorkflowState state, PodRequest request)
{
    /// <summary>Where a script's source lies in its pod; users rely on the path.</summary>
    public const string ScriptPath = "/argo/staging/script";

    public const string ProgressFile = "/var/run/argo/progress";

    private const string MainName = "main";
    private const int GracePeriodSeconds = 30;

    /// <summary>Linux takes no single variable longer than this; a longer template has to reach the pod another way.</summary>
    private const int LongestVariable = 128 * 1024;

    // What only Argo understands.
    private static readonly string[] NotKubernetes = ["mirrorVolumeMounts", "source", "dependencies"];

    private JsonObject Template => request.Template;

    public JsonArray Init() => [.. Template.Objects("initContainers").Select(Beside)];

    public IEnumerable<JsonNode> Sidecars() => Template.Objects("sidecars").Select(Beside);

    public IEnumerable<JsonNode> Main()
    {
        if (Template.Object("containerSet") is { } set)
        {
            return set.Objects("containers").Select(container =>
            {
                var mounts = new JsonArray([.. set.Objects("volumeMounts").Concat(container.Objects("volumeMounts")).Select(mount => mount.DeepClone())]);
                var made = Finished(container);
                if (mounts.Count > 0)
                {
                    made["volumeMounts"] = mounts;
                }

                return (JsonNode)made;
            });
        }

        var only = (JsonObject?)(Template.Object("script") ?? Template.Object("container"))?.DeepClone() ?? [];
        only["name"] = MainName;
        if (Template.Object("script") is not null)
        {
            var arguments = only["args"] as JsonArray;
            only["args"] = new JsonArray([.. (arguments ?? []).Select(argument => argument?.DeepClone()), ScriptPath]);
        }

        return [Finished(only)];
    }

    /// <summary>An init container or sidecar; with mirrorVolumeMounts it sees what the main container mounts.</summary>
    private JsonNode Beside(JsonObject container)
    {
        var made = Finished(container);
        if (container.Bool("mirrorVolumeMounts") ?? false)
        {
            var own = container.Objects("volumeMounts").ToList();
            var taken = own.Select(mount => mount.Text("mountPath")).ToHashSet();
            made["volumeMounts"] = new JsonArray([.. own.Concat(MainMounts().Where(mount => !taken.Contains(mount.Text("mountPath")))).Select(mount => mount.DeepClone())]);
        }

        return made;
    }

    private IEnumerable<JsonObject> MainMounts() => new[] { Template.Object("container"), Template.Object("script"), Template.Object("containerSet") }
        .Concat(Template.Object("containerSet").Objects("containers").Where(container => container.Text("name") == MainName))
        .SelectMany(holder => holder.Objects("volumeMounts"));

    private JsonObject Finished(JsonObject container)
    {
        var made = (JsonObject)container.DeepClone();
        foreach (var field in NotKubernetes)
        {
            made.Remove(field);
        }

        made["env"] = new JsonArray([.. container.Objects("env").Select(variable => variable.DeepClone()), .. Variables(container.Text("name") ?? "")]);
        return made;
    }

    private IEnumerable<JsonNode> Variables(string container)
    {
        static JsonObject Variable(string name, string value) => new() { ["name"] = name, ["value"] = value };
        static JsonObject Field(string name, string path) => new() { ["name"] = name, ["valueFrom"] = new JsonObject { ["fieldRef"] = new JsonObject { ["fieldPath"] = path } } };

        var template = Template.ToJsonString();
        yield return Variable("ARGO_CONTAINER_NAME", container);
        yield return Variable("ARGO_TEMPLATE", Encoding.UTF8.GetByteCount(template) + "ARGO_TEMPLATE=".Length < LongestVariable ? template : "offloaded");
        yield return Variable("ARGO_NODE_ID", request.NodeId);
        yield return Variable("ARGO_INCLUDE_SCRIPT_OUTPUT", request.CaptureResult ? "true" : "false");
        yield return Variable("ARGO_DEADLINE", (request.Deadline?.UtcDateTime ?? DateTime.MinValue).ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture));
        yield return Variable("ARGO_PROGRESS_FILE", ProgressFile);
        yield return Variable("ARGO_WORKFLOW_NAME", state.Name);
        yield return Variable("ARGO_WORKFLOW_UID", state.Uid);
        yield return Field("ARGO_POD_NAME", "metadata.name");
        yield return Field("ARGO_POD_UID", "metadata.uid");
        yield return Variable("ARGO_INSTANCE_ID", state.Manifest.Object("metadata").TextMap("labels").GetValueOrDefault("workflows.argoproj.io/controller-instanceid", ""));
        yield return Variable("ARGO_TERMINATION_GRACE_PERIOD_SECONDS", GracePeriodSeconds.ToString(CultureInfo.InvariantCulture));
    }
}
