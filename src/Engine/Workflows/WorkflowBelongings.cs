using System.Text.Json.Nodes;
using Argosy.Engine.Templates;

namespace Argosy.Engine.Workflows;

/// <summary>What a workflow has beside its nodes: metadata of its object, its artifact repository, conditions. Part of its state.</summary>
public sealed class WorkflowBelongings
{
    private readonly SortedDictionary<string, string> labels = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, string> annotations = new(StringComparer.Ordinal);
    private readonly SortedDictionary<ConditionType, string> conditions = [];
    private readonly SortedSet<CollectionStrategy> begun = [];

    /// <summary>Labels that the object gets besides those it was submitted with.</summary>
    public IReadOnlyDictionary<string, string> StampedLabels => labels;

    public IReadOnlyDictionary<string, string> StampedAnnotations => annotations;

    /// <summary>Conditions that hold, each with its message.</summary>
    public IReadOnlyDictionary<ConditionType, string> Conditions => conditions;

    /// <summary>As it stands in status.artifactRepositoryRef; null: no artifact needs one, or it is the hub's own store.</summary>
    public JsonObject? ArtifactRepositoryRef { get; private set; }

    /// <summary>The repository's location and key format; null: the hub's own store.</summary>
    public JsonObject? ArtifactRepository => ArtifactRepositoryRef.Object("artifactRepository") is { Count: > 0 } repository ? repository : null;

    /// <summary>Claims that were made for the workflow and have not been dropped.</summary>
    public IReadOnlyList<VolumeClaim> Claims { get; private set; } = [];

    public ChoreList Chores { get; } = new();

    /// <summary>Whether some output artifact is to be deleted one day.</summary>
    public bool CollectsArtifacts { get; private set; }

    /// <summary>Known from the workflow's end on.</summary>
    public int UncollectedArtifacts { get; private set; }

    /// <summary>Strategies whose artifacts are being deleted, or are deleted.</summary>
    public IReadOnlySet<CollectionStrategy> Begun => begun;

    /// <summary>The object was deleted; a finalizer holds it.</summary>
    public bool Deleted { get; private set; }

    internal void Reopen()
    {
        Claims = [];
        Chores.Clear();
        begun.Clear();
        UncollectedArtifacts = 0;
    }

    /// <summary>A chore is over; what it means for nodes is the state's business.</summary>
    internal void Finish(Chore chore, bool done)
    {
        Chores.Remove(chore.Number);
        switch (chore.Kind)
        {
            case ChoreKind.DropClaims when done:
                Claims = [];
                break;
            case ChoreKind.CollectArtifact when done:
                UncollectedArtifacts--;
                break;
            default:
                break;
        }
    }

    /// <returns>Whether the fact was one of these.</returns>
    internal bool Apply(WorkflowFact fact)
    {
        switch (fact)
        {
            case ClaimsMade made:
                Claims = made.Claims;
                return true;
            case ChoreAdded added:
                Chores.Add(added);
                return true;
            case CollectionAsked:
                CollectsArtifacts = true;
                return true;
            case ArtifactsCounted counted:
                UncollectedArtifacts = counted.Count;
                return true;
            case CollectionBegun started:
                begun.Add(started.Strategy);
                return true;
            case DeletionNoticed:
                Deleted = true;
                return true;
            case MetadataStamped stamped:
                foreach (var (name, value) in stamped.Labels)
                {
                    labels[name] = value;
                }

                foreach (var (name, value) in stamped.Annotations)
                {
                    annotations[name] = value;
                }

                return true;
            case ArtifactRepositoryChosen chosen:
                ArtifactRepositoryRef = chosen.Reference;
                return true;
            case ConditionRaised raised:
                conditions[raised.Type] = raised.Message;
                return true;
            default:
                return false;
        }
    }
}
