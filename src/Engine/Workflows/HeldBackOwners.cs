namespace Argosy.Engine.Workflows;

/// <summary>
/// Owners that hold back nodes until a place under a limit of parallelism is free, each once, in the order in which they came. No part of
/// the state: worked out anew after a restart.
/// </summary>
internal sealed class HeldBackOwners
{
    private readonly Queue<int> queue = new();
    private readonly HashSet<int> members = [];

    public bool IsEmpty => queue.Count == 0;

    public void Add(int owner)
    {
        if (members.Add(owner))
        {
            queue.Enqueue(owner);
        }
    }

    public bool TryTake(out int owner) => queue.TryDequeue(out owner) && members.Remove(owner);
}
