using System.Reflection;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Concurrency;
using Orleans.Configuration;

namespace Orleans.Runtime;

/// <summary>What the runtime knows of a class of grains.</summary>
internal sealed class GrainClass
{
    private readonly Lazy<ObjectFactory> constructor;

    public GrainClass(Type type, GrainCollectionOptions options)
    {
        Type = type;
        GrainType = TypeOf(type);
        IsReentrant = type.IsDefined(typeof(ReentrantAttribute), inherit: true);
        CollectionAge = AgeOf(type, options);
        PrimaryInterface = type.GetInterfaces().First(GrainClasses.IsGrainInterface);
        constructor = new(() => ActivatorUtilities.CreateFactory(type, Type.EmptyTypes));
    }

    public Type Type { get; }

    public GrainType GrainType { get; }

    public bool IsReentrant { get; }

    /// <summary>How long an activation may be idle.</summary>
    public TimeSpan CollectionAge { get; }

    /// <summary>An interface to make references by where no particular one is asked for.</summary>
    public Type PrimaryInterface { get; }

    /// <summary>Constructs an instance with its dependencies; to be called in a turn of its activation.</summary>
    public object Create(IServiceProvider services) => constructor.Value(services, null);

    private static GrainType TypeOf(Type type)
    {
        if (type.GetCustomAttribute<GrainTypeAttribute>() is { } named)
        {
            return GrainType.Create(named.GrainType);
        }

        const string ending = "grain";
#pragma warning disable CA1308 // Lower case is the form that ids show, as in Orleans.
        var name = type.Name.ToLowerInvariant();
#pragma warning restore CA1308
        var endsSo = name.Length > ending.Length && name.EndsWith(ending, StringComparison.Ordinal);
        return GrainType.Create(endsSo ? name[..^ending.Length] : name);
    }

    private static TimeSpan AgeOf(Type type, GrainCollectionOptions options) =>
        options.ClassSpecificCollectionAge.TryGetValue(type.FullName!, out var specific) ? specific
        : type.IsDefined(typeof(KeepAliveAttribute), inherit: true) ? TimeSpan.MaxValue
        : type.GetCustomAttribute<CollectionAgeLimitAttribute>()?.AgeLimit ?? options.CollectionAge;
}
