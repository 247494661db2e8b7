using System.Security.Cryptography;
using Argosy.Executor.Digests;

namespace Argosy.Executor.Tests.Digests;

public sealed class Sha256Tests
{
    [Fact]
    public void Digest_OfAnyLengthInAnyPieces_IsDotNets()
    {
        var random = new Random(1);
        for (var length = 0; length < 300; length++)
        {
            var bytes = new byte[length];
            random.NextBytes(bytes);
            var hash = new Sha256();
            for (var at = 0; at < length;)
            {
                var piece = random.Next(1, length - at + 1);
                hash.Append(bytes.AsSpan(at, piece));
                at += piece;
            }

            Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(bytes)), hash.Finish());
        }
    }
}
