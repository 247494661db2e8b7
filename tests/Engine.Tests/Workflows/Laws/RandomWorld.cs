using System.Text.Json.Nodes;
using Argosy.Engine.Workflows;

namespace Argosy.Engine.Tests.Workflows.Laws;

/// <summary>
/// Everything around a workflow, acting at random: it carries out orders when it likes, loses and repeats them, reports, lets time pass and
/// restarts the hub. What becomes of a pod depends on its name alone, not on when it runs.
/// </summary>
internal sealed class RandomWorld
{
    private const int MaxActions = 20_000;

    private readonly Random random;
    private readonly int seed;
    private readonly List<WorkflowOrder> orders = [];
    private readonly Dictionary<(string Node, int Generation, int Attempt), Pod> pods = [];
    private readonly List<NodeReported> past = [];
    private readonly List<WorkflowInput> answers = [];
    private readonly RandomSynchronization synchronization;

    public RandomWorld(int seed, JsonObject spec)
    {
        this.seed = seed;
        random = new Random(seed);
        synchronization = new RandomSynchronization(random);
        Spec = spec;
    }

    /// <summary>A hub that finds the facts after the first one died: its agents tell everything again.</summary>
    public static RandomWorld After(RandomWorld dead, int facts, DateTimeOffset now)
    {
        var world = new RandomWorld(dead.seed, dead.Spec) { Now = now };
        world.Facts.AddRange(dead.Facts.Take(facts));
        world.Restart();
        world.synchronization.Restore(world.State);
        return world;
    }

    private sealed class Pod
    {
        public bool Ran { get; set; }

        public bool Cancelled { get; set; }

        public bool Reported { get; set; }
    }

    public JsonObject Spec { get; }

    public WorkflowState State { get; private set; } = new();

    public List<WorkflowFact> Facts { get; } = [];

    public DateTimeOffset Now { get; private set; } = DateTimeOffset.UnixEpoch.AddYears(50);

    /// <summary>How likely it is before each action that the hub restarts.</summary>
    public double Restarts { get; init; }

    /// <summary>How likely it is before each action that a person interferes.</summary>
    public double Verbs { get; init; }

    /// <summary>How likely it is that a pod vanishes instead of ending.</summary>
    public double Losses { get; init; }

    /// <summary>Looks at the state after every decision.</summary>
    public Action<RandomWorld, WorkflowInput, Decision>? Watch { get; init; }

    /// <summary>Runs the workflow to its end.</summary>
    public RandomWorld Run()
    {
        Decide(new Submitted(new JsonObject
        {
            ["apiVersion"] = "argoproj.io/v1alpha1",
            ["kind"] = "Workflow",
            ["metadata"] = new JsonObject { ["name"] = "wf", ["namespace"] = "default", ["uid"] = "uid" },
            ["spec"] = Spec.DeepClone(),
        }));
        return Continue();
    }

    public RandomWorld Continue()
    {
        for (var action = 0; action < MaxActions; action++)
        {
            if (State.Phase.IsEnd())
            {
                return this;
            }

            Act();
        }

        throw new InvalidOperationException($"has not ended after {MaxActions} actions: {Describe()}");
    }

    public Decision Decide(WorkflowInput input)
    {
        var decision = WorkflowDecider.Decide(State, input, Now);
        Facts.AddRange(decision.Facts);
        orders.AddRange(decision.Orders);
        Watch?.Invoke(this, input, decision);
        return decision;
    }

    public WorkflowState Replayed()
    {
        var state = new WorkflowState();
        foreach (var fact in FactCodec.Decode(FactCodec.Encode(Facts)))
        {
            state.Apply(fact);
        }

        return state;
    }

    /// <summary>Locks that the workflow has not given back.</summary>
    public int HeldLocks => synchronization.HeldBy(State.Uid).Count;

    /// <summary>Carries out what was ordered at the end: locks are given back.</summary>
    public RandomWorld Settle()
    {
        foreach (var order in orders.ToList())
        {
            answers.AddRange(synchronization.Answer(State, order));
        }

        return this;
    }

    /// <summary>Every report that was ever made: by now they are all stale, or repeat what is known.</summary>
    public IReadOnlyList<NodeReported> Past => past;

    public string Describe() => $"{State.Phase} ({State.Message}); open: "
        + string.Join(", ", State.Nodes.Where(node => !node.Phase.IsEnd()).Select(node => $"{node.Name} {node.Type} {node.Phase}{(node.Daemoned ? " daemoned" : "")}"));

    private void Act()
    {
        if (random.NextDouble() < Restarts)
        {
            Restart();
            return;
        }

        if (random.NextDouble() < Verbs)
        {
            Interfere();
            return;
        }

        var waiting = pods.Where(pod => !pod.Value.Reported).ToList();
        if (answers.Count > 0 && random.Next(3) == 0)
        {
            var heard = random.Next(answers.Count);
            var answer = answers[heard];
            answers.RemoveAt(heard);
            Decide(answer);
            return;
        }

        var choice = random.Next(orders.Count + waiting.Count + 1);
        if (choice < orders.Count)
        {
            // What concerns locks is carried out in the order it was given; all else may overtake.
            var chosen = IsAboutLocks(orders[choice]) ? orders.FindIndex(IsAboutLocks) : choice;
            var order = orders[chosen];
            orders.RemoveAt(chosen);
            Obey(order);
        }
        else if (choice - orders.Count < waiting.Count)
        {
            Report(waiting[choice - orders.Count].Key, waiting[choice - orders.Count].Value);
        }
        else if (orders.Count + waiting.Count + answers.Count == 0)
        {
            Wait();
        }
        else if (past.Count > 0)
        {
            Decide(past[random.Next(past.Count)]);
        }
    }

    // Nothing is under way: either the workflow waits for time or a person, or it hangs.
    private void Wait()
    {
        if (synchronization.StrangersLeave(State) is { Count: > 0 } granted)
        {
            answers.AddRange(granted);
        }
        else if (State.NextWake is { } wake)
        {
            Now = wake > Now ? wake : Now;
            Decide(new TimePassed());
        }
        else if (State.Suspended || State.Nodes.Any(node => node is { Type: NodeType.Suspend, Phase: NodePhase.Running }))
        {
            Decide(new ResumeAsked(null));
        }
        else
        {
            throw new InvalidOperationException($"hangs: {Describe()}");
        }
    }

    private void Restart()
    {
        State = Replayed();
        orders.Clear();
        answers.Clear();
        Decide(new Recovered());
    }

    private void Interfere()
    {
        switch (random.Next(8))
        {
            case 0 or 1:
                Decide(new SuspendAsked());
                break;
            case 2 or 3 or 4:
                Decide(new ResumeAsked(null));
                break;
            case 5:
                Decide(new ShutdownAsked(ShutdownStrategy.Stop, null, null));
                break;
            case 6:
                Decide(new ShutdownAsked(ShutdownStrategy.Terminate, null, null));
                break;
            default:
                Decide(new DeadlineAsked(random.Next(0, 1000)));
                break;
        }
    }

    private void Obey(WorkflowOrder order)
    {
        switch (order)
        {
            case ReadResource read:
                Decide(new ResourceAnswered(read.Resource, read.Resource.Name == "shared" ? RandomSpec.SharedTemplates() : null));
                break;
            case PlaceNode place when random.Next(10) == 0:
                Decide(new PlacementAnswered(place.Node, null, "no cluster fits"));
                orders.Add(place); // asked again when the fleet changes
                break;
            case PlaceNode place:
                Decide(new PlacementAnswered(place.Node, random.Next(2) == 0 ? "east" : "west", null));
                break;
            case RunNode run when State.At(run.Node) is { } node:
                pods.TryAdd(KeyOf(node), new Pod());
                break;
            case CancelNode cancel when State.At(cancel.Node) is { } node:
                var pod = pods.TryGetValue(KeyOf(node), out var known) ? known : pods[KeyOf(node)] = new Pod();
                (pod.Cancelled, pod.Reported) = (true, false);
                break;
            case ReleaseNode release when State.At(release.Node) is { } node:
                pods.Remove(KeyOf(node));
                break;
            default:
                answers.AddRange(synchronization.Answer(State, order));
                break;
        }
    }

    private static bool IsAboutLocks(WorkflowOrder order) => order is AskLocks or ReleaseLocks or KeepLocks;

    private (string Node, int Generation, int Attempt) KeyOf(Node node) => (State.IdOf(node), node.Generation, node.Attempt);

    private void Report((string Node, int Generation, int Attempt) key, Pod pod)
    {
        if (!pod.Ran && !pod.Cancelled)
        {
            pod.Ran = true;
            Say(key, new PodStatus(PodPhase.Running) { Host = "host" });
            return;
        }

        var daemon = State.FindById(key.Node) is { } node && IsDaemon(node);
        if (daemon && !pod.Cancelled && Fate(key) % 10 > 1)
        {
            Say(key, new PodStatus(PodPhase.Running) { Ready = true, PodIp = "10.0.0.1" });
            pod.Reported = true; // it says nothing more, unless it is told to end
            return;
        }

        pod.Reported = true;
        Say(key, pod.Cancelled ? new PodStatus(PodPhase.Failed) { Message = "cancelled" } : End(key));
    }

    private PodStatus End((string Node, int Generation, int Attempt) key)
    {
        if (random.NextDouble() < Losses)
        {
            return new PodStatus(PodPhase.Lost);
        }

        return (Fate(key) % 20) switch
        {
            < 14 => new PodStatus(PodPhase.Succeeded) { Outputs = new NodeOutputs { ExitCode = "0", Result = Fate(key) % 3 == 0 ? "[1,2]" : "text" } },
            < 18 => new PodStatus(PodPhase.Failed) { Message = "main: Error (exit code 1)", Outputs = new NodeOutputs { ExitCode = "1" } },
            _ => new PodStatus(PodPhase.Error) { Message = "broken" },
        };
    }

    private uint Fate((string Node, int Generation, int Attempt) key) => NodeNames.Fnv1a($"{seed} {key.Node} {key.Generation}") >> 3;

    private bool IsDaemon(Node node) => Spec["templates"]!.AsArray().Any(template =>
        (string)template!["name"]! == node.TemplateName && template["daemon"] is not null);

    private void Say((string Node, int Generation, int Attempt) key, PodStatus status)
    {
        var report = new NodeReported(key.Node, key.Generation, key.Attempt, status);
        past.Add(report);
        Decide(report);
    }
}
