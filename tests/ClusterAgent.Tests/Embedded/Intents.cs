using System.Text.Json;
using Argosy.Contracts.Agents;

namespace Argosy.ClusterAgent.Tests.Embedded;

/// <summary>Intents as a hub would send them.</summary>
internal static class Intents
{
    private static int s_nodes;

    /// <summary>An intent of a template, given as what its JSON looks like.</summary>
    public static PodIntent Of(object template, object[]? volumes = null)
    {
        var node = $"wf-{Interlocked.Increment(ref s_nodes)}";
        return new PodIntent
        {
            Key = new AttemptKey { Namespace = "argo", Workflow = "wf", WorkflowUid = "0b1f-uid", NodeId = node },
            PodName = $"{node}-pod",
            NodeName = node,
            TemplateJson = JsonSerializer.Serialize(template),
            VolumesJson = volumes is null ? "" : JsonSerializer.Serialize(volumes),
            TerminationGraceSeconds = 30,
        };
    }

    /// <summary>A container that runs a line of shell.</summary>
    public static PodIntent Shell(string line) => Of(new { container = Sh(line) });

    public static object Sh(string line) => new { image = "any", command = new[] { "sh", "-c" }, args = new[] { line } };

    public static object Sh(string name, string line, params string[] dependencies) =>
        new { name, image = "any", command = new[] { "sh", "-c" }, args = new[] { line }, dependencies };

    public static PodIntent CapturingResult(this PodIntent intent)
    {
        intent.CaptureResult = true;
        return intent;
    }

    public static PodIntent WithOutput(this PodIntent intent, string name, string path, string? @default = null)
    {
        intent.OutputParameters.Add(new OutputParameter { Name = name, Path = path, HasDefault = @default is not null, Default = @default ?? "" });
        return intent;
    }

    public static PodIntent WithOutputArtifact(this PodIntent intent, string name, string path, string archive = "tar", bool optional = false)
    {
        intent.OutputArtifacts.Add(new ArtifactTransfer
        {
            Name = name, Path = path, LocationJson = name, Archive = archive, CompressionLevel = -1, Optional = optional, Mode = -1,
        });
        return intent;
    }

    /// <summary>The last input artifact is at this location.</summary>
    public static PodIntent At(this PodIntent intent, string location)
    {
        intent.InputArtifacts[^1].LocationJson = location;
        return intent;
    }

    public static PodIntent WithInputArtifact(
        this PodIntent intent, string location, string path, bool optional = false, string digest = "", int mode = -1)
    {
        intent.InputArtifacts.Add(new ArtifactTransfer
        {
            Name = location, Path = path, LocationJson = location, Optional = optional, Digest = digest, Mode = mode,
        });
        return intent;
    }
}
