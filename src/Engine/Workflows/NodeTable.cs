using Argosy.Engine.Templates;

namespace Argosy.Engine.Workflows;

/// <summary>
/// The nodes of a workflow, and the counts over them that decisions need: kept up to date with every change, so that nothing has to
/// count. Changed only by <see cref="WorkflowState"/>, as facts apply.
/// </summary>
/// <param name="idOf">The id of a node with a name, where some ids are taken.</param>
internal sealed class NodeTable(Func<string, Func<string, bool>, string> idOf)
{
    private readonly List<Node?> nodes = [];
    private readonly Dictionary<string, int> byName = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> byId = new(StringComparer.Ordinal);
    private readonly Dictionary<int, List<Node>> daemons = [];

    /// <summary>In order of creation; those that a retry removed are gone.</summary>
    public IEnumerable<Node> All => nodes.Where(node => node is not null)!;

    public int Count => byName.Count;

    public int ActivePods { get; private set; }

    public int Open { get; private set; }

    /// <summary>The sum of the leaves' progress.</summary>
    public Progress Progress { get; private set; }

    /// <summary>What the pods used; null: nothing is known of any.</summary>
    public IReadOnlyDictionary<string, long>? ResourcesDuration { get; private set; }

    /// <summary>Daemons that are ready and have not ended.</summary>
    public IEnumerable<Node> RunningDaemons => daemons.Values.SelectMany(within => within);

    public IReadOnlyList<Node> RunningDaemonsWithin(int boundary) => daemons.TryGetValue(boundary, out var within) ? within : [];

    public Node? At(int index) => index >= 0 && index < nodes.Count ? nodes[index] : null;

    public Node? Find(string name) => byName.TryGetValue(name, out var index) ? nodes[index] : null;

    public Node? FindById(string id) => byId.TryGetValue(id, out var index) ? nodes[index] : null;

    public string IdOf(Node node) => node.Id ??= idOf(node.Name, byId.ContainsKey);

    public Node Add(NodeCreated created, int generation)
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
            Waits = created.Waits,
            StartedAt = created.At,
            FinishedAt = created.Phase.IsEnd() ? created.At : null,
            Generation = generation,
            Tolerated = created.Tolerated,
        };
        Add(node);
        return node;
    }

    /// <summary>A node of another life of the workflow, as it was recorded.</summary>
    public void Add(NodeAdopted adopted)
    {
        var recorded = new RecordedNode(adopted.Recorded);
        Add(new Node
        {
            Index = nodes.Count,
            Name = adopted.Name,
            Type = adopted.Type,
            Owner = adopted.Owner,
            Boundary = adopted.Boundary,
            Scope = adopted.Scope,
            TemplateName = adopted.TemplateName ?? "",
            StepName = adopted.StepName,
            Ordinal = adopted.Ordinal,
            Flags = adopted.Flags,
            Inputs = recorded.Inputs,
            Outputs = recorded.Outputs,
            Phase = recorded.Phase,
            Message = recorded.Message,
            StartedAt = recorded.StartedAt ?? default,
            FinishedAt = recorded.FinishedAt,
            Tolerated = adopted.Tolerated,
            Recorded = recorded,
            Id = adopted.Id,
            Cluster = recorded.Phase.IsEnd() ? adopted.Recorded.Text("cluster") : null,
            HostNodeName = adopted.Recorded.Text("hostNodeName"),
            PodIp = adopted.Recorded.Text("podIP"),
        });
        var node = nodes[^1]!;
        if (IsProgress(node) && Progress.Parse(adopted.Recorded.Text("progress")) is { } progress)
        {
            Advance(node, progress);
        }

        if (node.IsPod && PodUsage.Read(adopted.Recorded.Object("resourcesDuration")) is { } used)
        {
            Use(node, used);
        }
    }

    private void Add(Node node)
    {
        nodes.Add(node);
        byName[node.Name] = node.Index;
        byId[IdOf(node)] = node.Index;
        var owner = At(node.Owner);
        owner?.Own(node.Index);
        if (!node.Phase.IsEnd())
        {
            if (owner is not null)
            {
                owner.Open++;
            }

            CountActive(node, +1);
        }
        else if (node.IsFatal && owner is not null)
        {
            owner.FailedOwned++;
        }

        if (IsProgress(node))
        {
            Advance(node, IsDone(node) ? Progress.One.Completed : Progress.One);
        }
    }

    public void End(Node node, NodeEnded ended)
    {
        var wasOpen = !node.IsFulfilled;
        var wasRunning = !node.Phase.IsEnd();
        node.Phase = ended.Phase;
        node.Message = ended.Message;
        node.Tolerated = ended.Tolerated;
        node.FinishedAt = ended.At;
        node.WakeAt = null;
        node.Plan = null;
        if (node.Daemoned && daemons.TryGetValue(node.Boundary, out var within))
        {
            within.Remove(node);
        }

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
            node.Waits = false;
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
    public void Advance(Node leaf, Progress progress)
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

    /// <summary>A node that waited starts, maybe as one of another type.</summary>
    public void Admit(Node node, NodeAdmitted admitted)
    {
        if (IsProgress(node))
        {
            Advance(node, default);
        }

        CountActive(node, -1);
        node.Waits = false;
        node.AdmittedAt = admitted.At;
        node.Become(admitted.Type);
        node.Phase = admitted.Phase;
        node.Message = null;
        CountActive(node, +1);
        if (IsProgress(node))
        {
            Advance(node, Progress.One);
        }
    }

    /// <summary>The node serves others from now on: its owner need not wait for it.</summary>
    public void MakeDaemon(Node node, string podIp)
    {
        node.Phase = NodePhase.Running;
        node.Daemoned = true;
        node.PodIp = podIp;
        node.WakeAt = null;
        (daemons.TryGetValue(node.Boundary, out var within) ? within : daemons[node.Boundary] = []).Add(node);
        CloseIn(node.Owner);
    }

    /// <summary>Its pod is gone through no fault of the step: it begins again with the next one.</summary>
    public void Lose(Node node, string message)
    {
        node.Attempt++;
        node.Phase = NodePhase.Pending;
        node.Cluster = null;
        node.Message = message;
        node.HostNodeName = null;
        foreach (var container in node.Members.Select(member => nodes[member]!))
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

    /// <summary>The user's retry: some nodes are forgotten, some groups run again, and everything is counted anew.</summary>
    public void Reopen(WorkflowRetried retried)
    {
        daemons.Clear(); // of a workflow that had ended, none runs
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

        foreach (var node in retried.Reopened.Select(index => nodes[index]!))
        {
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
        Open = 0;
        Progress = default;
        ResourcesDuration = null;
        foreach (var node in All)
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

        foreach (var node in All)
        {
            node.Disown(gone);
            node.Plan = null;
            node.Open = node.Members.Count(member => !nodes[member]!.IsFulfilled);
            node.FailedOwned = node.Members.Count(member => nodes[member]!.IsFatal);
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

    private void CountActive(Node node, int change)
    {
        Open += change;
        ActivePods += node.Type == NodeType.Pod && !node.Waits ? change : 0; // as upstream: who waits for a lock is no pod yet, but a child
        if (node.Type is NodeType.Pod or NodeType.Steps or NodeType.DAG && At(node.Boundary) is { } boundary)
        {
            boundary.ActiveChildren += change;
        }
    }

    private void CloseIn(int owner)
    {
        if (At(owner) is { } node)
        {
            node.Open--;
        }
    }

    private static bool IsProgress(Node node) => node.IsPod || node.Type is NodeType.Suspend or NodeType.Container;

    // What failed was not done.
    private static bool IsDone(Node node) => node.Phase is NodePhase.Succeeded or NodePhase.Skipped or NodePhase.Omitted;
}
