using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orleans.Configuration;

namespace Orleans.Runtime;

/// <summary>What the parts of a silo share: its services, clock, activations and references.</summary>
internal sealed class GrainRuntime
{
    public GrainRuntime(
        IServiceProvider services, TimeProvider time, ILogger<GrainRuntime> log, IOptions<GrainCollectionOptions> collection)
    {
        Services = services;
        Time = time;
        Log = log;
        Collection = collection.Value;
        var classes = new GrainClasses(Collection);
        Catalog = new Catalog(this, classes);
        Factory = new GrainFactory(this, classes);
    }

    public IServiceProvider Services { get; }

    public TimeProvider Time { get; }

    public ILogger Log { get; }

    public GrainCollectionOptions Collection { get; }

    public Catalog Catalog { get; }

    public GrainFactory Factory { get; }

    /// <summary>Hands <paramref name="call"/> to its grain's activation, or to the next one where that has just ended.</summary>
    /// <returns>The activation that took it; null where the call has failed because there can be none.</returns>
    public Activation? Deliver(Call call)
    {
        try
        {
            while (true)
            {
                var activation = Catalog.GetOrCreate(call.Target);
                if (activation.TryReceive(call))
                {
                    return activation;
                }

                Catalog.Remove(activation);
            }
        }
        catch (Exception refusal) when (refusal is SiloUnavailableException or ArgumentException)
        {
            call.Fail(refusal);
            return null;
        }
    }
}
