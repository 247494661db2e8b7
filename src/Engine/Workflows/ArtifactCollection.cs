using Argosy.Engine.Templates;

namespace Argosy.Engine.Workflows;

/// <summary>
/// Which output artifacts are deleted, and when (<c>artifactGC</c>: the artifact's own strategy, else the workflow's). While some are left
/// the workflow's object is held by a finalizer.
/// </summary>
public static class ArtifactCollection
{
    public const string Finalizer = "workflows.argoproj.io/artifact-gc";

    /// <summary>Whether the object has to be held for artifacts that are to be deleted.</summary>
    public static bool NeedsFinalizer(WorkflowState state)
    {
        var belongings = state.Belongings;
        return belongings.CollectsArtifacts
            && !(state.Phase.IsEnd() && belongings.UncollectedArtifacts == 0)
            && !(IsForced(state) && belongings.Begun.Contains(CollectionStrategy.OnWorkflowDeletion)
                && belongings.Chores.Open.All(chore => chore.Kind != ChoreKind.CollectArtifact));
    }

    /// <summary>Looks whether any template of the spec has artifacts to delete.</summary>
    internal static void Consider(Turn turn, WorkflowSpec? spec)
    {
        var state = turn.State;
        if (spec is not null && !state.Belongings.CollectsArtifacts
            && spec.Templates.SelectMany(template => template.Outputs.Artifacts).Any(artifact => Strategy(state, artifact) != CollectionStrategy.Never))
        {
            turn.Record(new CollectionAsked());
        }
    }

    internal static void OnWorkflowEnd(Turn turn)
    {
        if (!turn.State.Belongings.CollectsArtifacts)
        {
            return;
        }

        var all = Collectable(turn.State).ToList();
        turn.Record(new ArtifactsCounted(all.Count));
        Begin(turn, CollectionStrategy.OnWorkflowCompletion);
        if (turn.State.Belongings.Deleted)
        {
            Begin(turn, CollectionStrategy.OnWorkflowDeletion);
        }
    }

    /// <summary>The object was deleted: a workflow that runs is ended first.</summary>
    internal static void OnDeletion(Turn turn)
    {
        var state = turn.State;
        if (state.Belongings.Deleted || !state.Accepted)
        {
            return;
        }

        turn.Record(new DeletionNoticed());
        if (!state.Phase.IsEnd())
        {
            Shutdowns.Begin(turn, ShutdownStrategy.Terminate);
        }
        else if (state.Belongings.CollectsArtifacts)
        {
            Begin(turn, CollectionStrategy.OnWorkflowDeletion);
        }
    }

    private static void Begin(Turn turn, CollectionStrategy strategy)
    {
        if (turn.State.Belongings.Begun.Contains(strategy))
        {
            return;
        }

        turn.Record(new CollectionBegun(strategy));
        foreach (var (node, artifact) in Collectable(turn.State).Where(found => found.Strategy == strategy).Select(found => (found.Node, found.Name)).ToList())
        {
            Chores.Add(turn, ChoreKind.CollectArtifact, node.Index, artifact, turn.Now);
        }
    }

    // What groups and Retry nodes have are their members' artifacts under another name.
    private static IEnumerable<(Node Node, string Name, CollectionStrategy Strategy)> Collectable(WorkflowState state)
    {
        foreach (var node in state.Nodes.Where(node => node.Type == NodeType.Pod))
        {
            foreach (var stored in node.Outputs.Artifacts)
            {
                if (!(stored.Json.Bool("deleted") ?? false)
                    && TemplateLookup.Of(state, node)?.Outputs.Artifacts.FirstOrDefault(declared => declared.Name == stored.Name) is { } artifact
                    && Strategy(state, artifact) is var strategy and not CollectionStrategy.Never)
                {
                    yield return (node, stored.Name, strategy);
                }
            }
        }
    }

    private static CollectionStrategy Strategy(WorkflowState state, Artifact artifact) =>
        Named(artifact.Json.Object("artifactGC").Text("strategy")) ?? Named(state.Spec?.Json.Object("artifactGC").Text("strategy")) ?? CollectionStrategy.Never;

    private static CollectionStrategy? Named(string? strategy) => strategy switch
    {
        "OnWorkflowCompletion" => CollectionStrategy.OnWorkflowCompletion,
        "OnWorkflowDeletion" => CollectionStrategy.OnWorkflowDeletion,
        "Never" => CollectionStrategy.Never,
        _ => null,
    };

    private static bool IsForced(WorkflowState state) => state.Spec?.Json.Object("artifactGC").Bool("forceFinalizerRemoval") ?? false;
}
