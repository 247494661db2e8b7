namespace Argosy.Engine.Workflows;

/// <summary>The outputs of the workflow as a whole: what its nodes exported under a global name, the last writer's.</summary>
internal sealed class GlobalValues
{
    private readonly Dictionary<string, string> parameters = new(StringComparer.Ordinal);
    private readonly Dictionary<string, ArtifactValue> artifacts = new(StringComparer.Ordinal);

    public IReadOnlyDictionary<string, string> Parameters => parameters;

    public IReadOnlyDictionary<string, ArtifactValue> Artifacts => artifacts;

    public void Set(GlobalOutputSet global)
    {
        if (global.Parameter is { } parameter)
        {
            parameters[parameter.Name] = parameter.Value;
        }

        if (global.Artifact is { } artifact)
        {
            artifacts[artifact.Name] = artifact;
        }
    }
}
