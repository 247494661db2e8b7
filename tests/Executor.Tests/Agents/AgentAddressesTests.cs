using Argosy.Executor.Agents;

namespace Argosy.Executor.Tests.Agents;

public sealed class AgentAddressesTests : IDisposable
{
    private readonly string _routes = Path.GetTempFileName();

    [Fact]
    public void Gateway_IsThatOfTheRouteToEverywhere()
    {
        File.WriteAllText(_routes, """
            Iface	Destination	Gateway 	Flags	RefCnt	Use	Metric	Mask		MTU	Window	IRTT
            eth0	0001580A	00000000	0001	0	0	0	00FFFFFF	0	0	0
            eth0	00000000	0101580A	0003	0	0	0	00000000	0	0	0

            """);

        Assert.Equal(
            ["http://10.9.8.7:2748/", "http://10.88.1.1:2748/"],
            AgentAddresses.Resolve(["http://10.9.8.7:2748", "gateway:2748"], _routes).Select(url => url.ToString()));
    }

    [Fact]
    public void PodWithoutAGateway_HasOneAddressLess()
    {
        File.WriteAllText(_routes, "Iface\tDestination\tGateway\n");

        Assert.Equal("http://10.9.8.7:2748/", Assert.Single(AgentAddresses.Resolve(["gateway:2748", "http://10.9.8.7:2748"], _routes)).ToString());
        Assert.Throws<ExecutorException>(() => AgentAddresses.Resolve(["gateway:2748"], _routes));
    }

    [Fact]
    public void PodWithoutARouteToEverywhere_HasItsBridgeForAGateway()
    {
        File.WriteAllText(_routes, "Iface\tDestination\tGateway\tFlags\neth0\t0001580A\t00000000\t0001\n");

        Assert.Equal("http://10.88.1.1:2748/", Assert.Single(AgentAddresses.Resolve(["gateway:2748"], _routes)).ToString());
    }

    [Theory]
    [InlineData("https://10.0.0.1")]
    [InlineData("10.0.0.1:2748")]
    [InlineData("file:///etc/passwd")]
    public void AddressThatIsNone_IsSaidToBe(string address) =>
        Assert.Contains(address, Assert.Throws<ExecutorException>(() => AgentAddresses.Resolve([address])).Message, StringComparison.Ordinal);

    public void Dispose() => File.Delete(_routes);
}
