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
    private readonly List<Node?> nodes = [];
    private readonly Dictionary<string, int> byName = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> byId = new(StringComparer.Ordinal);
    private readonly Dictionary<ResourceRef, JsonObject?> resources = [];
    private readonly Dictionary<ResourceRef, WorkflowSpec> heldSpecs = [];
    private readonly HashSet<ResourceRef> requested = [];
    private readonly Dictionary<string, string> globalParameters = new(StringComparer.Ordinal);
    private readonly Dictionary<string, ArtifactValue> globalArtifacts = new(StringComparer.Ordinal);
    private readonly List<int> daemons = [];
    private readonly PriorityQueue<int, DateTimeOffset> timers = new();

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

    /// <summary>How often the user asked to try it again.</summary>
    public int Generation { get; private set; }

    /// <summary>What runs; null until its workflow template, if it names one, was read.</summary>
    public WorkflowSpec? Spec { get; private set; }

    /// <summary>Values the user gave with a retry; they stand over the manifest's arguments.</summary>
    public IReadOnlyList<ParameterValue> ParameterOverrides { get; private set; } = [];

    /// <summary>Pods that are wanted and have not ended.</summary>
    public int ActivePods { get; private set; }

    /// <summary>Nodes that have not ended.</summary>
    public int OpenNodes { get; private set; }

    /// <summary>The sum of its leaves' progress.</summary>
    public Progress Progress { get; private set; }

    /// <summary>What its pods used; null: nothing is known of any.</summary>
    public IReadOnlyDictionary<string, long>? ResourcesDuration { get; private set; }

    /// <summary>What the hub added to the workflow; null: nothing.</summary>
    public HubSettings? HubSettings { get; private set; }

    /// <summary>What it has beside its nodes.</summary>
    public WorkflowBelongings Belongings { get; } = new();

    /// <summary>Nodes in order of creation; those that a retry removed are gone from it.</summary>
    public IEnumerable<Node> Nodes => nodes.Where(node => node is not null)!;

    public int NodeCount => byName.Count;

    public IReadOnlyDictionary<string, string> GlobalParameters => globalParameters;

    public IReadOnlyDictionary<string, ArtifactValue> GlobalArtifacts => globalArtifacts;

    public IReadOnlyCollection<ResourceRef> RequestedResources => requested;

    public IReadOnlyDictionary<ResourceRef, JsonObject?> Resources => resources;

    public bool Accepted => Uid.Length > 0;

    /// <summary>Daemons that are ready and have not ended.</summary>
    internal IEnumerable<Node> RunningDaemons => daemons.Select(At).OfType<Node>().Where(node => node.Daemoned && !node.Phase.IsEnd());

    /// <summary>Owners to look at again when the resource has been read. Worked out anew after a restart.</summary>
    internal Dictionary<ResourceRef, HashSet<int>> Parked { get; } = [];

    /// <summary>Owners that hold back nodes until a pod ends. Worked out anew after a restart.</summary>
    internal Queue<int> HeldBack { get; } = new();

    internal HashSet<int> HeldBackOwners { get; } = [];

    /// <summary>The workflow's variables that never change, worked out once.</summary>
    internal Dictionary<string, string>? ConstantVariables { get; set; }

    public Node this[int index] => nodes[index] ?? throw new KeyNotFoundException($"workflow {Name} has no node number {index} any more");

    public Node? Find(string name) => byName.TryGetValue(name, out var index) ? nodes[index] : null;

    public Node? FindById(string id) => byId.TryGetValue(id, out var index) ? nodes[index] : null;

    public Node? At(int index) => index >= 0 && index < nodes.Count ? nodes[index] : null;

    public string IdOf(Node node) => node.Id ??= NodeNames.Id(Name, node.Name);

    /// <summary>When the workflow next wants <see cref="TimePassed"/>; null: it waits for something else.</summary>
    public DateTimeOffset? NextWake
    {
        get
        {
            while (timers.TryPeek(out var index, out var at) && !IsCurrent(index, at))
            {
                timers.Dequeue();
            }

            var node = timers.TryPeek(out _, out var due) ? due : (DateTimeOffset?)null;
            var deadline = DeadlineAt;
            var next = node is null || deadline < node ? deadline ?? node : node;
            var chore = Belongings.Chores.Next;
            return next is null || chore < next ? chore ?? next : next;
        }
    }

    public DateTimeOffset? DeadlineAt => StartedAt is { } started && ActiveDeadlineSeconds is { } seconds && !DeadlineExceeded && !Phase.IsEnd()
        ? started.AddSeconds(Math.Min(seconds, int.MaxValue))
        : null;

    /// <summary>Takes out every node that wanted to be looked at by now.</summary>
    internal List<int> TakeDue(DateTimeOffset now)
    {
        List<int> due = [];
        while (timers.TryPeek(out var index, out var at) && at <= now)
        {
            timers.Dequeue();
            if (IsCurrent(index, at))
            {
                due.Add(index);
            }
        }

        return due;
    }

    internal WorkflowSpec? HeldSpec(ResourceRef holder)
    {
        if (heldSpecs.TryGetValue(holder, out var spec))
        {
            return spec;
        }

        return resources.GetValueOrDefault(holder) is { } json ? heldSpecs[holder] = new WorkflowSpec(json) : null;
    }

    /// <summary>Makes one fact true. Total: a fact that was once recorded always applies.</summary>
    public void Apply(WorkflowFact fact)
    {
        switch (fact)
        {
            case WorkflowAccepted accepted:
                Accept(accepted);
                break;
            case ResourceRequested wanted:
                requested.Add(wanted.Resource);
                break;
            case ResourceRead read:
                requested.Remove(read.Resource);
                resources[read.Resource] = read.Content;
                ConstantVariables = null;
                CompileSpec();
                break;
            case WorkflowPhaseChanged changed:
                ChangePhase(changed);
                break;
            case NodeCreated created:
                Create(created);
                break;
            case NodePhaseChanged changed when At(changed.Node) is { } node:
                node.Phase = changed.Phase;
                node.Message = changed.Message;
                Wake(node, changed.WakeAt);
                break;
            case NodeEnded ended when At(ended.Node) is { } node:
                End(node, ended);
                break;
            case NodePlaced placed when At(placed.Node) is { } node:
                node.Cluster = placed.Cluster;
                node.Message = null;
                break;
            case NodeStarted started when At(started.Node) is { } node:
                node.Phase = NodePhase.Running;
                node.HostNodeName = started.Host;
                node.Message = started.Message;
                break;
            case NodeDaemoned daemoned when At(daemoned.Node) is { } node:
                node.Phase = NodePhase.Running;
                node.Daemoned = true;
                node.PodIp = daemoned.PodIp;
                node.WakeAt = null;
                daemons.Add(node.Index);
                CloseIn(node.Owner);
                break;
            case NodeAttemptLost lost when At(lost.Node) is { } node:
                Lose(node, lost.Message);
                break;
            case NodeCancelRequested cancel when At(cancel.Node) is { } node:
                node.CancelRequested = true;
                break;
            case NodeOutputsSet set when At(set.Node) is { } node:
                node.Outputs = set.Outputs;
                break;
            case NodeProgressed progressed when At(progressed.Node) is { } node:
                Advance(node, Progress.Parse(progressed.Progress) ?? node.Progress);
                break;
            case GlobalOutputSet global:
                SetGlobal(global);
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
        else if (resources.GetValueOrDefault(reference) is { } template)
        {
            var merged = OverDefaults(SpecMerge.Over(template, submitted));
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

    /// <summary>The resource whose spec the workflow runs, when it names one.</summary>
    internal ResourceRef? WorkflowTemplateRef => Manifest.Object("spec").Object("workflowTemplateRef") is { } reference
        ? new ResourceRef(
            reference.Bool("clusterScope") ?? false ? ResourceRefKind.ClusterWorkflowTemplate : ResourceRefKind.WorkflowTemplate,
            reference.Text("name") ?? "")
        : null;

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
        }
    }

    private void Create(NodeCreated created)
    {
        var node = new Node
        {
            Index = nodes.Count,
            Name = created.Name,
            Type = created.Type,
            Owner = created.Owner,
            Boundary = created.Boundary,
            Scope = created.Scope,
            TemplateName = created.TemplateName,
            StepName = created.StepName,
            Ordinal = created.Ordinal,
            Flags = created.Flags,
            Inputs = created.Inputs ?? NodeInputs.None,
            Phase = created.Phase,
            Message = created.Message,
            StartedAt = created.At,
            FinishedAt = created.Phase.IsEnd() ? created.At : null,
            Generation = Generation,
            Tolerated = created.Tolerated,
        };
        nodes.Add(node);
        byName[node.Name] = node.Index;
        byId[IdOf(node)] = node.Index;
        At(node.Owner)?.Own(node.Index);
        Wake(node, created.WakeAt);
        if (!created.Phase.IsEnd())
        {
            if (At(node.Owner) is { } owner)
            {
                owner.Open++;
            }

            CountActive(node, +1);
        }
        else if (node.IsFatal && At(node.Owner) is { } owner)
        {
            owner.FailedOwned++;
        }

        if (IsProgress(node))
        {
            Advance(node, IsDone(node) ? Progress.One.Completed : Progress.One);
        }
    }

    private void End(Node node, NodeEnded ended)
    {
        var wasOpen = !node.IsFulfilled;
        var wasRunning = !node.Phase.IsEnd();
        node.Phase = ended.Phase;
        node.Message = ended.Message;
        node.Tolerated = ended.Tolerated;
        node.FinishedAt = ended.At;
        node.WakeAt = null;
        node.Plan = null;
        if (ended.Outputs is not null)
        {
            node.Outputs = ended.Outputs;
        }

        if (wasOpen)
        {
            CloseIn(node.Owner);
        }

        if (wasRunning && node.IsFatal && At(node.Owner) is { } owner)
        {
            owner.FailedOwned++;
        }

        if (wasRunning)
        {
            CountActive(node, -1);
        }

        if (wasRunning && IsProgress(node) && IsDone(node))
        {
            Advance(node, node.Progress.Completed);
        }

        if (ended.Used is { } used)
        {
            Use(node, used);
        }
    }

    /// <summary>A leaf's progress counts for every group around it.</summary>
    private void Advance(Node leaf, Progress progress)
    {
        var change = progress - leaf.Progress;
        for (var node = leaf; node is not null; node = At(node.Owner))
        {
            if (node == leaf || !IsProgress(node))
            {
                node.Progress += change;
            }
        }

        Progress += change;
    }

    private void Use(Node pod, IReadOnlyDictionary<string, long> used)
    {
        for (var node = pod; node is not null; node = At(node.Owner))
        {
            node.ResourcesDuration = PodUsage.Sum(node.ResourcesDuration, used);
        }

        ResourcesDuration = PodUsage.Sum(ResourcesDuration, used);
    }

    private void CountActive(Node node, int change)
    {
        OpenNodes += change;
        ActivePods += node.Type == NodeType.Pod ? change : 0;
        if (IsActiveChild(node) && At(node.Boundary) is { } boundary)
        {
            boundary.ActiveChildren += change;
        }
    }

    private static bool IsActiveChild(Node node) => node.Type is NodeType.Pod or NodeType.Steps or NodeType.DAG;

    private void CloseIn(int owner)
    {
        if (At(owner) is { } node)
        {
            node.Open--;
        }
    }

    private void Lose(Node node, string message)
    {
        node.Attempt++;
        node.Phase = NodePhase.Pending;
        node.Cluster = null;
        node.Message = message;
        node.HostNodeName = null;
        foreach (var container in node.Members.Select(member => this[member]))
        {
            if (container.Phase.IsEnd())
            {
                node.Open++;
                CountActive(container, +1);
            }

            container.Phase = NodePhase.Pending;
            container.Message = null;
            container.FinishedAt = null;
        }

        node.FailedOwned = 0;
    }

    private void Finish(Chore chore, bool done)
    {
        if (done && chore.Kind == ChoreKind.RemovePods)
        {
            foreach (var node in PodGarbage.Chosen(this, chore.Node))
            {
                node.PodRemoved = true;
            }
        }
        else if (done && chore.Kind == ChoreKind.CollectArtifact)
        {
            for (var node = At(chore.Node); node is not null; node = node.Is(NodeFlags.Retried) ? At(node.Owner) : null)
            {
                node.Outputs = node.Outputs.Without(chore.Name!);
            }
        }

        Belongings.Finish(chore, done);
    }

    private void SetGlobal(GlobalOutputSet global)
    {
        if (global.Parameter is { } parameter)
        {
            globalParameters[parameter.Name] = parameter.Value;
        }

        if (global.Artifact is { } artifact)
        {
            globalArtifacts[artifact.Name] = artifact;
        }
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
        ParameterOverrides = retried.Parameters.Count > 0 ? retried.Parameters : ParameterOverrides;
        ConstantVariables = null;
        if (ActiveDeadlineSeconds == 0)
        {
            ActiveDeadlineSeconds = null;
        }

        var gone = retried.Removed.ToHashSet();
        foreach (var index in gone)
        {
            if (nodes[index] is { } node)
            {
                byName.Remove(node.Name);
                byId.Remove(IdOf(node));
                nodes[index] = null;
            }
        }

        foreach (var index in retried.Reopened)
        {
            var node = this[index];
            node.Phase = NodePhase.Running;
            node.Message = null;
            node.FinishedAt = null;
            node.Outputs = NodeOutputs.None;
            node.Tolerated = false;
            node.Daemoned = false;
            node.StartedAt = retried.At;
        }

        Recount(gone);
    }

    private void Recount(HashSet<int> gone)
    {
        ActivePods = 0;
        OpenNodes = 0;
        Progress = default;
        ResourcesDuration = null;
        foreach (var node in Nodes)
        {
            node.ActiveChildren = 0;
            if (!node.IsPod)
            {
                node.ResourcesDuration = null;
            }

            if (!IsProgress(node))
            {
                node.Progress = default;
            }
        }

        foreach (var node in Nodes)
        {
            node.Disown(gone);
            node.Plan = null;
            node.Open = node.Members.Count(member => !this[member].IsFulfilled);
            node.FailedOwned = node.Members.Count(member => this[member].IsFatal);
            CountActive(node, node.Phase.IsEnd() ? 0 : 1);
            if (IsProgress(node))
            {
                var progress = node.Progress;
                node.Progress = default;
                Advance(node, progress);
            }

            if (node.IsPod && node.ResourcesDuration is { } used)
            {
                node.ResourcesDuration = null;
                Use(node, used);
            }
        }
    }

    private void Wake(Node node, DateTimeOffset? at)
    {
        node.WakeAt = at;
        if (at is { } time)
        {
            timers.Enqueue(node.Index, time);
        }
    }

    private bool IsCurrent(int index, DateTimeOffset at) => At(index) is { } node && !node.Phase.IsEnd() && node.WakeAt == at;

    private static bool IsProgress(Node node) => node.IsPod || node.Type is NodeType.Suspend or NodeType.Container;

    // What failed was not done.
    private static bool IsDone(Node node) => node.Phase is NodePhase.Succeeded or NodePhase.Skipped or NodePhase.Omitted;
}
