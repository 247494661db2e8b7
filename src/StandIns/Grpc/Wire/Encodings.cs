using System.IO.Compression;
using Grpc.Net.Compression;

namespace Grpc.Wire;

/// <summary>The compressions one side knows.</summary>
internal sealed class Encodings
{
    public const string Identity = "identity";

    private readonly Dictionary<string, ICompressionProvider> byName;

    public Encodings(IEnumerable<ICompressionProvider> providers)
    {
        byName = providers.ToDictionary(provider => provider.EncodingName, StringComparer.Ordinal);
        Accepted = string.Join(',', [Identity, .. byName.Keys]);
    }

    /// <summary>As <c>grpc-accept-encoding</c> says it to the peer.</summary>
    public string Accepted { get; }

    public static IList<ICompressionProvider> Defaults() => [new GzipCompressionProvider(CompressionLevel.Fastest)];

    public ICompressionProvider? Find(string name) => byName.GetValueOrDefault(name);

    /// <summary>Whether the peer's <c>grpc-accept-encoding</c> has the name.</summary>
    public static bool Accepts(string? accepted, string name) =>
        accepted is not null && accepted.Split(',', StringSplitOptions.TrimEntries).Contains(name, StringComparer.Ordinal);
}
