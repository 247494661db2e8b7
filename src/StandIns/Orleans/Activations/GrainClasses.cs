using System.Collections.Concurrent;
using System.Reflection;
using Orleans.Configuration;

namespace Orleans.Runtime;

/// <summary>
/// The grain classes of the loaded assemblies that know this one. Orleans' build step writes such a list into each assembly; here it is
/// looked up when an interface or a type is first asked for.
/// </summary>
internal sealed class GrainClasses(GrainCollectionOptions options)
{
    private static readonly Assembly Self = typeof(GrainClasses).Assembly;
    private static readonly Type[] KindsOfKey =
        [typeof(IGrain), typeof(IGrainWithStringKey), typeof(IGrainWithGuidKey), typeof(IGrainWithIntegerKey)];

    private readonly ConcurrentDictionary<Type, GrainClass> byInterface = new();
    private readonly ConcurrentDictionary<GrainType, GrainClass> byType = new();
    private readonly HashSet<Assembly> read = [];
    private readonly Lock gate = new();

    /// <summary>Whether <paramref name="type"/> is an interface that grains answer to, rather than a mark of their kind of key.</summary>
    public static bool IsGrainInterface(Type type) =>
        type.IsInterface && type.IsAssignableTo(typeof(IGrain)) && !KindsOfKey.Contains(type);

    /// <summary>The class of the grains of <paramref name="type"/>.</summary>
    /// <exception cref="ArgumentException">There is none.</exception>
    public GrainClass Get(GrainType type)
    {
        if (!byType.TryGetValue(type, out var found))
        {
            ReadNewAssemblies();
            if (!byType.TryGetValue(type, out found))
            {
                throw new ArgumentException($"no loaded assembly has a class of grain type '{type}'", nameof(type));
            }
        }

        return found;
    }

    /// <summary>
    /// The class that implements <paramref name="grainInterface"/>, among those whose full name starts with <paramref name="prefix"/>.
    /// </summary>
    /// <exception cref="ArgumentException">There is none, or more than one.</exception>
    public GrainClass Implementing(Type grainInterface, string? prefix)
    {
        if (prefix is null && byInterface.TryGetValue(grainInterface, out var known))
        {
            return known;
        }

        ReadNewAssemblies(grainInterface.Assembly);
        var candidates = byType.Values
            .Where(grain => grain.Type.IsAssignableTo(grainInterface))
            .Where(grain => prefix is null || grain.Type.FullName!.StartsWith(prefix, StringComparison.Ordinal))
            .ToArray();
        if (candidates is not [var only])
        {
            throw new ArgumentException(
                candidates.Length == 0
                    ? $"no loaded grain class implements {grainInterface}"
                    : $"more than one grain class implements {grainInterface}: {string.Join(", ", candidates.Select(grain => grain.Type))}",
                nameof(grainInterface));
        }

        return prefix is null ? byInterface.GetOrAdd(grainInterface, only) : only;
    }

    private static bool IsGrainClass(Type type) =>
        type is { IsClass: true, IsAbstract: false, ContainsGenericParameters: false }
        && !type.IsAssignableTo(typeof(GrainReference))
        && type.GetInterfaces().Any(IsGrainInterface);

    private static bool MayHoldGrains(Assembly assembly) =>
        !assembly.IsDynamic
        && Array.Exists(assembly.GetReferencedAssemblies(), reference => reference.Name == Self.GetName().Name);

    private void ReadNewAssemblies(params ReadOnlySpan<Assembly> first)
    {
        lock (gate)
        {
            foreach (var assembly in (Assembly[])[.. first, .. AppDomain.CurrentDomain.GetAssemblies()])
            {
                if (read.Add(assembly) && MayHoldGrains(assembly))
                {
                    Array.ForEach(assembly.GetTypes(), Add);
                }
            }
        }
    }

    private void Add(Type type)
    {
        if (!IsGrainClass(type))
        {
            return;
        }

        var added = new GrainClass(type, options);
        var listed = byType.GetOrAdd(added.GrainType, added);
        if (listed.Type != type)
        {
            throw new OrleansConfigurationException(
                $"{type} and {listed.Type} both have grain type '{added.GrainType}': give one of them another by [GrainType]");
        }
    }
}
