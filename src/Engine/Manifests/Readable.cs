using System.Buffers;

namespace Argosy.Engine.Manifests;

/// <summary>What YAML allows in a text. Surrogates are allowed here: in a .NET string they stand for characters beyond 16 bits.</summary>
internal static class Readable
{
    public static readonly SearchValues<char> Characters = SearchValues.Create(
    [
        '\t', '\n', '\r', '\u0085',
        .. Enumerable.Range(0x20, 0x7F - 0x20).Select(code => (char)code),
        .. Enumerable.Range(0xA0, 0xFFFE - 0xA0).Select(code => (char)code),
    ]);
}
