using System.Text.Json.Nodes;
using Argosy.Engine.Manifests;

namespace Argosy.Engine.Validation;

/// <summary>Where artifacts are kept and where they appear.</summary>
internal static class ArtifactRules
{
    private static readonly string[] Locations = ["s3", "git", "http", "artifactory", "hdfs", "raw", "oss", "gcs", "azure", "plugin"];

    /// <summary>Whether the artifact says where it is, at least by a key in the default repository.</summary>
    public static bool HasLocationOrKey(JsonObject artifact) => Locations.Any(location => artifact[location] is JsonObject);

    public static void CheckLocation(Problems problems, JsonObject location, string path, string prefix)
    {
        if (location.ObjectAt("git") is { } git && !git.Has("repo"))
        {
            problems.Add($"{path}.git.repo", $"{prefix}.git.repo is required");
        }

        if (location.ObjectAt("hdfs") is { } hdfs && !hdfs.Has("path"))
        {
            problems.Add($"{path}.hdfs.path", $"{prefix}.hdfs.path is required");
        }
    }

    /// <summary>Artifacts of a pod appear at a path; a path must not lead out of itself.</summary>
    public static void CheckPath(Problems problems, JsonObject artifact, string path, string templateName, string reference)
    {
        var where = artifact.TextAt("path") ?? "";
        if (where.Length == 0)
        {
            problems.Add(
                $"{path}.path", $"error in templates.{templateName}.{reference}: Artifact '{artifact.TextAt("name")}' did not specify a path");
        }
        else if (where.EndsWith("/..", StringComparison.Ordinal) || where.Contains("/../", StringComparison.Ordinal))
        {
            problems.Add(
                $"{path}.path", $"error in templates.{templateName}.{reference}: Artifact '{artifact.TextAt("name")}' attempted to use a path containing '..'");
        }
    }
}
