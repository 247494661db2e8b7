using System.Security.Cryptography;
using System.Text;

namespace Argosy.ControlPlane.Joining;

/// <summary>A secret of 256 random bits that lets one agent join as one cluster, once. The hub keeps its hash alone.</summary>
/// <param name="Value">The ticket itself; it must not be logged.</param>
internal sealed record JoinTicket(string Value, DateTimeOffset Expires)
{
    private const int RandomBytes = 32;
    private static readonly TimeSpan Life = TimeSpan.FromMinutes(30);

    public static JoinTicket Make(DateTimeOffset now) => new(Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(RandomBytes)), now + Life);

    public static string Hash(string ticket) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(ticket)));
}
