using System.Text.Json.Nodes;
using Argosy.ControlPlane.Resources.Lifecycle;
using Argosy.Engine.Workflows;

namespace Argosy.ControlPlane.Workflows;

/// <summary>A new workflow made from an old one: the same spec, metadata carried over except what belongs to the old life.</summary>
/// <remarks>Which labels are dropped follows upstream's resubmit.</remarks>
internal static class Resubmission
{
    private const string Prefix = "workflows.argoproj.io/";

    /// <summary>The same, under a name chosen here, beginning with what the old one's pods achieved.</summary>
    public static JsonObject Memoized(JsonObject workflow, IReadOnlyList<ParameterValue> parameters, DateTimeOffset now)
    {
        var again = Of(workflow, parameters);
        var metadata = (JsonObject)again["metadata"]!;
        var name = ObjectNames.Generate(metadata["generateName"]!.GetValue<string>());
        metadata["name"] = name;
        again["status"] = MemoizedCopy.StatusOf(workflow, name, now);
        return again;
    }

    private static readonly string[] Dropped =
    [
        Prefix + "creator", Prefix + "creator-email", Prefix + "creator-preferred-username", Prefix + "phase", Prefix + "completed",
        Prefix + "workflow-archiving-status",
    ];

    public static JsonObject Of(JsonObject workflow, IReadOnlyList<ParameterValue> parameters)
    {
        var old = (JsonObject)workflow["metadata"]!;
        var name = old["name"]!.GetValue<string>();
        var metadata = new JsonObject { ["generateName"] = old["generateName"]?.GetValue<string>() ?? name + "-", ["namespace"] = old["namespace"]?.DeepClone() };
        var labels = old["labels"]?.DeepClone() as JsonObject ?? [];
        foreach (var label in Dropped)
        {
            labels.Remove(label);
        }

        labels[Prefix + "resubmitted-from-workflow"] = name;
        metadata["labels"] = labels;
        foreach (var field in new[] { "annotations", "ownerReferences" })
        {
            if (old[field] is { } carried)
            {
                metadata[field] = carried.DeepClone();
            }
        }

        var spec = (JsonObject)workflow["spec"]!.DeepClone();
        spec.Remove("shutdown");
        if (spec["activeDeadlineSeconds"] is JsonValue seconds && seconds.ToJsonString() == "0")
        {
            spec.Remove("activeDeadlineSeconds");
        }

        Override(spec, parameters);
        return new JsonObject
        {
            ["apiVersion"] = workflow["apiVersion"]?.DeepClone(), ["kind"] = "Workflow", ["metadata"] = metadata, ["spec"] = spec,
        };
    }

    /// <summary>Gives a spec's arguments the values that the user gave.</summary>
    public static void Override(JsonObject spec, IReadOnlyList<ParameterValue> parameters)
    {
        if (parameters.Count == 0)
        {
            return;
        }

        if (spec["arguments"] is not JsonObject arguments)
        {
            spec["arguments"] = arguments = [];
        }

        if (arguments["parameters"] is not JsonArray list)
        {
            arguments["parameters"] = list = [];
        }

        foreach (var parameter in parameters)
        {
            if (list.OfType<JsonObject>().FirstOrDefault(given => given["name"]?.GetValue<string>() == parameter.Name) is { } present)
            {
                present["value"] = parameter.Value;
                present.Remove("valueFrom");
            }
            else
            {
                list.Add(new JsonObject { ["name"] = parameter.Name, ["value"] = parameter.Value });
            }
        }
    }
}
