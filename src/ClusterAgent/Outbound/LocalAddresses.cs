using System.Net;
using System.Net.Sockets;

namespace Argosy.ClusterAgent.Outbound;

/// <summary>The addresses that mean the machine itself or its own wire.</summary>
internal static class LocalAddresses
{
    public static bool Contains(IPAddress address)
    {
        var plain = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        if (plain.AddressFamily != AddressFamily.InterNetwork)
        {
            return IPAddress.IsLoopback(plain) || plain.IsIPv6LinkLocal || plain.Equals(IPAddress.IPv6Any);
        }

        // Linux takes 0.0.0.0 for itself.
        return plain.GetAddressBytes() is [127, ..] or [0, ..] or [169, 254, ..];
    }
}
