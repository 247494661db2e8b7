using System.Globalization;
using System.Text.Json.Nodes;
using Argosy.Engine.Templates;

namespace Argosy.Engine.Workflows;

/// <summary>
/// All that is true of one workflow. It changes only by applying facts (<see cref="Apply"/>), so replaying a journal gives the same state.
/// Not safe for several threads.
/// </summary>
public sealed class WorkflowState
{
    private readonly NodeTable nodes;
    private readonly NodeTimers timers;
    private readonly ReadResources resources = new();
    private readonly GlobalValues globals = new();
    private readonly Dictionary<string, string> claimHomes = new(StringComparer.Ordinal);

    public WorkflowState()
    {
        nodes = new NodeTable((name, isTaken) => NodeNames.Id(Name, name, isTaken));
        timers = new NodeTimers(nodes);
    }

    public JsonObject Manifest { get; private set; } = [];

    public string Name { get; private set; } = "";

    public string Namespace { get; private set; } = "default";

    public string Uid { get; private set; } = "";

    public DateTimeOffset CreatedAt { get; private set; }

    public WorkflowPhase Phase { get; private set; }

    public string? Message { get; private set; }

    public DateTimeOffset? StartedAt { get; private set; }

    public DateTimeOffset? FinishedAt { get; private set; }

    public bool Suspended { get; private set; }

    public ShutdownStrategy Shutdown { get; private set; }

    /// <summary>Seconds from <see cref="StartedAt"/> after which the workflow is brought to an end.</summary>
    public long? ActiveDeadlineSeconds { get; private set; }

    public bool DeadlineExceeded { get; private set; }

    /// <summary>It may not run yet because too many other workflows do.</summary>
    public bool Postponed { get; private set; }

    /// <summary>The locks it asked for.</summary>
    public LockClaims Locks { get; } = new();

    /// <summary>How often the user asked to try it again.</summary>
    public int Generation { get; private set; }

    /// <summary>What runs; null until its workflow template, if it names one, was read.</summary>
    public WorkflowSpec? Spec { get; private set; }

    /// <summary>Values the user gave with a retry; they stand over the manifest's arguments.</summary>
    public IReadOnlyList<ParameterValue> ParameterOverrides { get; private set; } = [];

    /// <summary>Pods that are wanted and have not ended.</summary>
    public int ActivePods => nodes.ActivePods;

    /// <summary>Nodes that have not ended.</summary>
    public int OpenNodes => nodes.Open;

    /// <summary>The sum of its leaves' progress.</summary>
    public Progress Progress => nodes.Progress;

    /// <summary>What its pods used; null: nothing is known of any.</summary>
    public IReadOnlyDictionary<string, long>? ResourcesDuration => nodes.ResourcesDuration;

    /// <summary>What the hub added to the workflow; null: nothing.</summary>
    public HubSettings? HubSettings { get; private set; }

    /// <summary>What it has beside its nodes.</summary>
    public WorkflowBelongings Belongings { get; } = new();

    /// <summary>Nodes in order of creation; those that a retry removed are gone from it.</summary>
    public IEnumerable<Node> Nodes => nodes.All;

    public int NodeCount => nodes.Count;

    /// <summary>
    /// Nodes beyond which the workflow starts nothing more and fails. A template that calls itself twice stays within the depth, yet doubles
    /// with each step of it: without an end one such workflow takes the memory of everybody's hub.
    /// </summary>
    public int MaxNodes { get; init; } = 500_000;

    public IReadOnlyDictionary<string, string> GlobalParameters => globals.Parameters;

    public IReadOnlyDictionary<string, ArtifactValue> GlobalArtifacts => globals.Artifacts;

    public IReadOnlyCollection<ResourceRef> RequestedResources => resources.Requested;

    public IReadOnlyDictionary<ResourceRef, JsonObject?> Resources => resources.Contents;

    /// <summary>The cluster where each claim that a pod of this workflow mounts was first used: its volume is there.</summary>
    public IReadOnlyDictionary<string, string> ClaimHomes => claimHomes;

    public bool Accepted => Uid.Length > 0;

    /// <summary>The recorded status that the workflow came with; null: it began here.</summary>
    internal AdoptedRun? Record { get; private set; }

    /// <summary>Daemons that are ready and have not ended.</summary>
    internal IEnumerable<Node> RunningDaemons => nodes.RunningDaemons;

    internal IReadOnlyList<Node> RunningDaemonsWithin(int boundary) => nodes.RunningDaemonsWithin(boundary);

    /// <summary>Owners to look at again when the resource has been read. Worked out anew after a restart.</summary>
    internal Dictionary<ResourceRef, HashSet<int>> Parked { get; } = [];

    /// <summary>Owners that the workflow's parallelism stops until a pod ends.</summary>
    internal HeldBackOwners HeldBack { get; } = new();

    /// <summary>The workflow's variables that never change, worked out once.</summary>
    internal Dictionary<string, string>? ConstantVariables { get; set; }

    public Node this[int index] => nodes.At(index) ?? throw new KeyNotFoundException($"workflow {Name} has no node number {index} any more");

    public Node? Find(string name) => nodes.Find(name);

    public Node? FindById(string id) => nodes.FindById(id);

    public Node? At(int index) => nodes.At(index);

    public string IdOf(Node node) => nodes.IdOf(node);

    /// <summary>When the workflow next wants <see cref="TimePassed"/>; null: it waits for something else.</summary>
    public DateTimeOffset? NextWake => Earliest(Phase.IsEnd() ? null : Earliest(timers.Next, DeadlineAt), Belongings.Chores.Next);

    public DateTimeOffset? DeadlineAt => StartedAt is { } started && ActiveDeadlineSeconds is { } seconds && !DeadlineExceeded && !Phase.IsEnd()
        ? started.AddSeconds(Math.Min(seconds, int.MaxValue))
        : null;

    private static DateTimeOffset? Earliest(DateTimeOffset? one, DateTimeOffset? other) => one is null || other < one ? other ?? one : one;

    /// <summary>Takes out every node that wanted to be looked at by now.</summary>
    internal List<int> TakeDue(DateTimeOffset now) => timers.TakeDue(now);

    internal WorkflowSpec? HeldSpec(ResourceRef holder) => resources.SpecOf(holder, Record?.StoredSpec(holder), Spec);

    /// <summary>The resource whose spec the workflow runs, when it names one.</summary>
    internal ResourceRef? WorkflowTemplateRef => Manifest.Object("spec").Object("workflowTemplateRef") is { } reference
        ? new ResourceRef(
            reference.Bool("clusterScope") ?? false ? ResourceRefKind.ClusterWorkflowTemplate : ResourceRefKind.WorkflowTemplate,
            reference.Text("name") ?? "")
        : null;

    /// <summary>Makes one fact true. Total: a fact that was once recorded always applies.</summary>
    public void Apply(WorkflowFact fact)
    {
        switch (fact)
        {
            case WorkflowAccepted accepted:
                Accept(accepted);
                break;
            case ResourceRequested wanted:
                resources.Request(wanted.Resource);
                break;
            case ResourceRead read:
                resources.Read(read.Resource, read.Content);
                ConstantVariables = null;
                CompileSpec();
                break;
            case WorkflowPhaseChanged changed:
                ChangePhase(changed);
                break;
            case NodeCreated created:
                timers.Set(nodes.Add(created, Generation), created.WakeAt);
                break;
            case NodePhaseChanged changed when At(changed.Node) is { } node:
                node.Phase = changed.Phase;
                node.Message = changed.Message;
                timers.Set(node, changed.WakeAt);
                break;
            case NodeEnded ended when At(ended.Node) is { } node:
                nodes.End(node, ended);
                break;
            case NodePlaced placed when At(placed.Node) is { } node:
                node.Cluster = placed.Cluster;
                node.Message = null;
                foreach (var claim in placed.Claims ?? [])
                {
                    claimHomes[claim] = placed.Cluster;
                }

                break;
            case NodeStarted started when At(started.Node) is { } node:
                node.Phase = NodePhase.Running;
                node.HostNodeName = started.Host;
                node.Message = started.Message;
                break;
            case NodeDaemoned daemoned when At(daemoned.Node) is { } node:
                nodes.MakeDaemon(node, daemoned.PodIp);
                break;
            case NodeAttemptLost lost when At(lost.Node) is { } node:
                nodes.Lose(node, lost.Message);
                break;
            case NodeCancelRequested cancel when At(cancel.Node) is { } node:
                node.CancelRequested = true;
                break;
            case NodeOutputsSet set when At(set.Node) is { } node:
                node.Outputs = set.Outputs;
                break;
            case NodeProgressed progressed when At(progressed.Node) is { } node:
                nodes.Advance(node, Progress.Parse(progressed.Progress) ?? node.Progress);
                break;
            case GlobalOutputSet global:
                globals.Set(global);
                break;
            case SuspensionChanged suspension:
                Suspended = suspension.Suspended;
                break;
            case ShutdownRequested shutdown:
                Shutdown = shutdown.Strategy;
                break;
            case DeadlineChanged deadline:
                ActiveDeadlineSeconds = deadline.Seconds;
                break;
            case Workflows.DeadlineExceeded:
                DeadlineExceeded = true;
                break;
            case WorkflowRetried retried:
                Reopen(retried);
                break;
            case WorkflowPostponed postponed:
                Postpone(postponed.Postponed);
                break;
            case LocksAsked asked:
                Locks.Apply(asked);
                break;
            case LocksAwaited awaited:
                Await(awaited);
                break;
            case LocksHeld held:
                Hold(held);
                break;
            case LocksGivenUp given:
                Locks.Drop(given.Ticket);
                break;
            case NodeMemoized memoized when At(memoized.Node) is { } node:
                node.Memo = new NodeMemo(memoized.Key, memoized.Cache, memoized.Hit);
                break;
            case NodeAdmitted admitted when At(admitted.Node) is { } node:
                nodes.Admit(node, admitted);
                timers.Set(node, admitted.WakeAt);
                break;
            case RunAdopted adopted:
                Adopt(adopted);
                break;
            case NodeAdopted adopted:
                nodes.Add(adopted);
                Record!.Nodes++;
                break;
            case NodeInputsSet set when At(set.Node) is { } node:
                node.Inputs = set.Inputs;
                break;
            case ChoreDone done when Belongings.Chores.Find(done.Number) is { } chore:
                Finish(chore, done.Error is null);
                break;
            default:
                Belongings.Apply(fact);
                ConstantVariables = fact is MetadataStamped ? null : ConstantVariables;
                break;
        }
    }

    private void Accept(WorkflowAccepted accepted)
    {
        Manifest = accepted.Manifest;
        HubSettings = accepted.Hub;
        var metadata = Manifest.Object("metadata");
        Name = metadata.Text("name") ?? "";
        Namespace = metadata.Text("namespace") ?? "default";
        Uid = metadata.Text("uid") ?? Name;
        CreatedAt = DateTimeOffset.TryParse(metadata.Text("creationTimestamp"), CultureInfo.InvariantCulture, out var created) ? created : accepted.At;
        var spec = Manifest.Object("spec");
        Suspended = spec.Bool("suspend") ?? false;
        ActiveDeadlineSeconds = spec.Long("activeDeadlineSeconds");
        Shutdown = Enum.TryParse<ShutdownStrategy>(spec.Text("shutdown"), out var strategy) ? strategy : ShutdownStrategy.None;
        CompileSpec();
    }

    private void CompileSpec()
    {
        if (Spec is not null || Manifest.Object("spec") is not { } submitted)
        {
            return;
        }

        if (WorkflowTemplateRef is not { } reference)
        {
            Spec = new WorkflowSpec(OverDefaults(submitted));
        }
        else if (Resources.GetValueOrDefault(reference) is { } template)
        {
            var merged = OverDefaults(SpecMerge.Over(template, submitted));
            merged.Remove("workflowTemplateRef");
            Spec = new WorkflowSpec(merged);
        }
        else if (Record?.Status.Object("storedWorkflowTemplateSpec") is { } stored)
        {
            var merged = OverDefaults(SpecMerge.Over(stored, submitted));
            merged.Remove("workflowTemplateRef");
            Spec = new WorkflowSpec(merged);
        }

        if (Spec is not null)
        {
            ActiveDeadlineSeconds ??= Spec.Json.Long("activeDeadlineSeconds");
            Suspended |= submitted["suspend"] is null && (Spec.Json.Bool("suspend") ?? false);
        }
    }

    private JsonObject OverDefaults(JsonObject spec) =>
        HubSettings?.WorkflowDefaults.Object("spec") is { } defaults ? SpecMerge.Over(defaults, spec) : spec;

    /// <summary>A label of the workflow's object: stamped, submitted, or the hub's default.</summary>
    public string? Label(string name) => Labels.GetValueOrDefault(name);

    internal IReadOnlyDictionary<string, string> Labels => Metadata("labels", Belongings.StampedLabels);

    internal IReadOnlyDictionary<string, string> Annotations => Metadata("annotations", Belongings.StampedAnnotations);

    private Dictionary<string, string> Metadata(string field, IReadOnlyDictionary<string, string> stamped)
    {
        var merged = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (name, value) in HubSettings?.WorkflowDefaults.Object("metadata").TextMap(field) ?? merged)
        {
            merged[name] = value;
        }

        foreach (var (name, value) in Manifest.Object("metadata").TextMap(field).Concat(stamped))
        {
            merged[name] = value;
        }

        return merged;
    }

    private void Adopt(RunAdopted adopted)
    {
        Record = new AdoptedRun(adopted);
        Phase = Record.Phase;
        Message = adopted.Status.Text("message") is { Length: > 0 } message ? message : null;
        StartedAt = Record.StartedAt;
        FinishedAt = Record.FinishedAt;
        var outputs = adopted.Status.Object("outputs") ?? [];
        foreach (var parameter in RecordedNode.Parameters(outputs))
        {
            globals.Set(new GlobalOutputSet(parameter, null));
        }

        foreach (var artifact in RecordedNode.Artifacts(outputs))
        {
            globals.Set(new GlobalOutputSet(null, artifact));
        }

        var claims = adopted.Status.Objects("persistentVolumeClaims")
            .Select(volume => new VolumeClaim(volume.Text("name") ?? "", volume.Object("persistentVolumeClaim").Text("claimName") ?? "")).ToList();
        if (claims.Count > 0)
        {
            Belongings.Apply(new ClaimsMade(claims));
        }

        if (adopted.Status.Object("artifactRepositoryRef") is { } repository)
        {
            Belongings.Apply(new ArtifactRepositoryChosen((JsonObject)repository.DeepClone()));
        }

        CompileSpec();
    }

    private void ChangePhase(WorkflowPhaseChanged changed)
    {
        Phase = changed.Phase;
        Message = changed.Message;
        if (changed.Phase == WorkflowPhase.Running)
        {
            StartedAt ??= changed.At;
        }

        if (changed.Phase.IsEnd())
        {
            StartedAt ??= changed.At;
            FinishedAt = changed.At;
            Locks.Clear();
        }
    }

    private void Postpone(bool postponed)
    {
        Postponed = postponed;
        (Phase, Message) = postponed
            ? (WorkflowPhase.Pending, "Workflow processing has been postponed because too many workflows are already running")
            : (Phase, null);
    }

    private void Await(LocksAwaited awaited)
    {
        Locks.Apply(awaited);
        if (Locks.Find(awaited.Ticket) is not { } claim)
        {
            return;
        }

        if (At(claim.Node) is { } node)
        {
            (node.Phase, node.Message) = (NodePhase.Pending, awaited.Message);
        }
        else
        {
            (Phase, Message) = (WorkflowPhase.Pending, awaited.Message);
        }
    }

    private void Hold(LocksHeld held)
    {
        Locks.Apply(held);
        if (Locks.Find(held.Ticket) is not { } claim)
        {
            return;
        }

        if (At(claim.Node) is { } node)
        {
            (node.Phase, node.Message) = (node.Waits ? NodePhase.Pending : NodePhase.Running, null);
        }
        else
        {
            Message = null;
        }
    }

    private void Finish(Chore chore, bool done)
    {
        switch (chore.Kind)
        {
            case ChoreKind.RemovePods when done:
                foreach (var node in PodGarbage.Chosen(this, chore.Node))
                {
                    node.PodRemoved = true;
                }

                break;
            case ChoreKind.CollectArtifact when done:
                for (var node = At(chore.Node); node is not null; node = node.Is(NodeFlags.Retried) ? At(node.Owner) : null)
                {
                    node.Outputs = node.Outputs.Without(chore.Name!);
                }

                break;
            case ChoreKind.DropClaims when done:
                foreach (var claim in Belongings.Claims)
                {
                    claimHomes.Remove(claim.ClaimName);
                }

                break;
            default:
                break;
        }

        Belongings.Finish(chore, done);
    }

    private void Reopen(WorkflowRetried retried)
    {
        Generation++;
        Belongings.Reopen();
        Phase = WorkflowPhase.Running;
        Message = null;
        StartedAt = retried.At;
        FinishedAt = null;
        Shutdown = ShutdownStrategy.None;
        DeadlineExceeded = false;
        ParameterOverrides = [.. ParameterOverrides.Where(old => retried.Parameters.All(given => given.Name != old.Name)), .. retried.Parameters];
        ConstantVariables = null;
        if (ActiveDeadlineSeconds == 0)
        {
            ActiveDeadlineSeconds = null;
        }

        foreach (var node in retried.Removed.Select(At).OfType<Node>().Where(node => node.Recorded is not null))
        {
            Record?.Forget(IdOf(node));
        }

        nodes.Reopen(retried);
    }
}
