using System.Buffers.Binary;
using System.Numerics;

namespace Argosy.Executor.Digests;

/// <summary>
/// SHA-256 (FIPS 180-4) in plain code: .NET's own calls OpenSSL, which a static program in an empty image does not have.
/// </summary>
internal sealed class Sha256
{
    private const int BlockBytes = 64;
    private const int LengthBytes = 8;

    private static readonly uint[] Constants =
    [
        0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
        0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
        0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
        0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
        0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
        0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
        0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
        0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
    ];

    private readonly uint[] _state =
        [0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19];

    private readonly byte[] _partial = new byte[BlockBytes];
    private int _held;
    private ulong _length;

    public void Append(ReadOnlySpan<byte> data)
    {
        _length += (ulong)data.Length;
        if (_held > 0)
        {
            var taken = Math.Min(BlockBytes - _held, data.Length);
            data[..taken].CopyTo(_partial.AsSpan(_held));
            _held += taken;
            data = data[taken..];
            if (_held < BlockBytes)
            {
                return;
            }

            Absorb(_partial);
            _held = 0;
        }

        for (; data.Length >= BlockBytes; data = data[BlockBytes..])
        {
            Absorb(data[..BlockBytes]);
        }

        data.CopyTo(_partial);
        _held = data.Length;
    }

    /// <summary>The digest of all that was appended, in lower-case hex; nothing can be appended any more.</summary>
    public string Finish()
    {
        var bits = _length * 8;
        Append([0x80]);
        while (_held != BlockBytes - LengthBytes)
        {
            Append([0]);
        }

        Span<byte> length = stackalloc byte[LengthBytes];
        BinaryPrimitives.WriteUInt64BigEndian(length, bits);
        Append(length);

        Span<byte> digest = stackalloc byte[_state.Length * sizeof(uint)];
        for (var at = 0; at < _state.Length; at++)
        {
            BinaryPrimitives.WriteUInt32BigEndian(digest[(at * sizeof(uint))..], _state[at]);
        }

        return Convert.ToHexStringLower(digest);
    }

    private void Absorb(ReadOnlySpan<byte> block)
    {
        Span<uint> words = stackalloc uint[BlockBytes];
        for (var at = 0; at < 16; at++)
        {
            words[at] = BinaryPrimitives.ReadUInt32BigEndian(block[(at * sizeof(uint))..]);
        }

        for (var at = 16; at < words.Length; at++)
        {
            var before = words[at - 15];
            var recent = words[at - 2];
            var small = BitOperations.RotateRight(before, 7) ^ BitOperations.RotateRight(before, 18) ^ (before >> 3);
            var large = BitOperations.RotateRight(recent, 17) ^ BitOperations.RotateRight(recent, 19) ^ (recent >> 10);
            words[at] = words[at - 16] + small + words[at - 7] + large;
        }

        var (a, b, c, d) = (_state[0], _state[1], _state[2], _state[3]);
        var (e, f, g, h) = (_state[4], _state[5], _state[6], _state[7]);
        for (var at = 0; at < words.Length; at++)
        {
            var sum1 = BitOperations.RotateRight(e, 6) ^ BitOperations.RotateRight(e, 11) ^ BitOperations.RotateRight(e, 25);
            var first = h + sum1 + ((e & f) ^ (~e & g)) + Constants[at] + words[at];
            var sum0 = BitOperations.RotateRight(a, 2) ^ BitOperations.RotateRight(a, 13) ^ BitOperations.RotateRight(a, 22);
            var second = sum0 + ((a & b) ^ (a & c) ^ (b & c));
            (h, g, f, e, d, c, b, a) = (g, f, e, d + first, c, b, a, first + second);
        }

        _state[0] += a;
        _state[1] += b;
        _state[2] += c;
        _state[3] += d;
        _state[4] += e;
        _state[5] += f;
        _state[6] += g;
        _state[7] += h;
    }
}
