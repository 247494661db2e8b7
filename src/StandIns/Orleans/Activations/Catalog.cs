using System.Collections.Concurrent;

namespace Orleans.Runtime;

/// <summary>
/// The activations of this silo, one per grain. An activation stays listed until its deactivation is over, so lives never overlap.
/// </summary>
internal sealed class Catalog(GrainRuntime runtime, GrainClasses classes)
{
    private readonly ConcurrentDictionary<GrainId, Activation> activations = new();
    private volatile bool closed;

    public IEnumerable<Activation> Activations => activations.Select(entry => entry.Value);

    /// <summary>
    /// The grain's activation. A new one does nothing before its first request, so losing the race to list it costs nothing.
    /// </summary>
    /// <exception cref="SiloUnavailableException">There is none and the silo stops.</exception>
    public Activation GetOrCreate(GrainId id)
    {
        if (activations.TryGetValue(id, out var existing))
        {
            return existing;
        }

        var made = activations.GetOrAdd(
            id, static (id, silo) => new Activation(silo.runtime, silo.classes.Get(id.Type), id), (runtime, classes));
        if (!closed)
        {
            return made;
        }

        made.Deactivate(new(DeactivationReasonCode.ShuttingDown, "The silo stops."));
        throw new SiloUnavailableException($"grain {id} cannot be activated: the silo is stopping or has stopped");
    }

    public void Remove(Activation activation) => activations.TryRemove(new(activation.GrainId, activation));

    /// <summary>Makes no new activations from now on.</summary>
    public void Close() => closed = true;
}
