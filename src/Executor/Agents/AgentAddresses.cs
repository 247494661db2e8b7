using System.Globalization;
using System.Net;

namespace Argosy.Executor.Agents;

/// <summary>Turns a plan's addresses of the agent into URLs. Names are not looked up: an image may hold nothing to look them up with.</summary>
internal static class AgentAddresses
{
    private const string Gateway = "gateway:";

    public static IReadOnlyList<Uri> Resolve(IReadOnlyList<string> addresses, string routes = "/proc/net/route")
    {
        List<Uri> resolved = [];
        foreach (var address in addresses)
        {
            var url = address.StartsWith(Gateway, StringComparison.Ordinal)
                ? GatewayOf(routes) is { } gateway ? $"http://{gateway}:{address[Gateway.Length..]}" : null
                : address;
            if (url is not null)
            {
                resolved.Add(Uri.TryCreate(url.TrimEnd('/') + "/", UriKind.Absolute, out var uri) && uri.Scheme == "http"
                    ? uri
                    : throw new ExecutorException($"the plan names an agent at '{address}', which is no http://ADDRESS:PORT"));
            }
        }

        return resolved.Count > 0
            ? resolved
            : throw new ExecutorException("the plan names no address of the agent that this pod could reach");
    }

    /// <summary>
    /// The gateway of the route to everywhere; where there is none, the first address of the pod's own network, which is the bridge to its machine.
    /// </summary>
    private static IPAddress? GatewayOf(string routes)
    {
        if (!File.Exists(routes))
        {
            return null;
        }

        // Iface Destination Gateway Flags RefCnt Use Metric Mask …, addresses as the kernel's 32-bit numbers in hex.
        IPAddress? neighbour = null;
        foreach (var line in File.ReadLines(routes).Skip(1))
        {
            if (line.Split('\t', StringSplitOptions.TrimEntries) is not [_, var destination, var gateway, ..])
            {
                continue;
            }

            if (destination == "00000000" && Address(gateway) is { } found)
            {
                return found;
            }

            neighbour ??= gateway == "00000000" && Address(destination) is { } network ? First(network) : null;
        }

        return neighbour;
    }

    private static IPAddress? Address(string hex) =>
        uint.TryParse(hex, NumberStyles.HexNumber, CultureInfo.InvariantCulture, out var number) && number != 0 ? new IPAddress(number) : null;

    private static IPAddress First(IPAddress network)
    {
        var bytes = network.GetAddressBytes();
        bytes[^1]++;
        return new IPAddress(bytes);
    }
}
