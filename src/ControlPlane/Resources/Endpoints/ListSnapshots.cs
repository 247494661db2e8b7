using Argosy.ControlPlane.Resources.Caching;

namespace Argosy.ControlPlane.Resources.Endpoints;

/// <summary>
/// The states that lists in pages were begun with, so that all pages show one instant. A bounded number; who comes back later lists
/// afresh.
/// </summary>
internal sealed class ListSnapshots
{
    private const int Kept = 128;
    private readonly Lock gate = new();
    private readonly Dictionary<(ResourceKind Kind, long Version), KindState> states = [];
    private readonly Queue<(ResourceKind Kind, long Version)> order = [];

    public void Keep(ResourceKind kind, KindState state)
    {
        lock (gate)
        {
            if (!states.TryAdd((kind, state.Version), state))
            {
                return;
            }

            order.Enqueue((kind, state.Version));
            if (order.Count > Kept)
            {
                states.Remove(order.Dequeue());
            }
        }
    }

    public KindState? Find(ResourceKind kind, long version)
    {
        lock (gate)
        {
            return states.GetValueOrDefault((kind, version));
        }
    }
}
