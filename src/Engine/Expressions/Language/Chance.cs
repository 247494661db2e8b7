using System.Security.Cryptography;
using System.Text;

namespace Argosy.Engine.Expressions.Language;

/// <summary>Bytes that look random and follow from a seed alone: the same evaluation draws the same ones each time it is repeated.</summary>
internal sealed class Chance(string seed)
{
    private readonly byte[] start = SHA256.HashData(Encoding.UTF8.GetBytes(seed));
    private byte[] block = [];
    private int position;
    private int blocks;

    public byte NextByte()
    {
        if (position == block.Length)
        {
            block = SHA256.HashData([.. start, .. BitConverter.GetBytes(blocks++)]);
            position = 0;
        }

        return block[position++];
    }

    public byte[] NextBytes(int count)
    {
        var bytes = new byte[count];
        for (var i = 0; i < count; i++)
        {
            bytes[i] = NextByte();
        }

        return bytes;
    }

    /// <summary>At least 0, less than the bound.</summary>
    public long Next(long bound) => (long)(BitConverter.ToUInt64(NextBytes(8)) % (ulong)bound);
}
