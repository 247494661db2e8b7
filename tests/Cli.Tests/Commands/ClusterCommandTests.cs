using System.Net;
using Argosy.Cli.Manifests;
using Argosy.ControlPlane.Hosting;

namespace Argosy.Cli.Tests.Commands;

/// <summary>The life of a cluster at a real hub, as its administrator leads it.</summary>
public sealed class ClusterCommandTests : IAsyncLifetime
{
    private readonly TemporaryFolder folder = new();
    private RunningHub hub = null!;

    public async ValueTask InitializeAsync() => hub = await HubHost.StartAsync(
        new HubOptions { DataDirectory = folder.Path, ListenAddress = new(IPAddress.Loopback, 0), AgentsAddress = new(IPAddress.Loopback, 0) },
        TestContext.Current.CancellationToken);

    public async ValueTask DisposeAsync()
    {
        await hub.DisposeAsync();
        folder.Dispose();
    }

    [Fact]
    public async Task Cluster_IsDeclared_Shown_Revoked_AndDeleted()
    {
        Assert.Contains("join-manifest gpu", (await ArgosyAsync("cluster", "create", "gpu", "--labels", "accelerator=nvidia,zone=a")).Output, StringComparison.Ordinal);
        Assert.Matches(@"NAME +PHASE .*\ngpu .*accelerator=nvidia,zone=a", (await ArgosyAsync("cluster", "list")).Output);
        Assert.Contains("accelerator=nvidia,zone=a", (await ArgosyAsync("cluster", "get", "gpu")).Output, StringComparison.Ordinal);
        Assert.Equal("gpu\n", (await ArgosyAsync("cluster", "list", "-o", "name")).Output);
        Assert.Contains("kind: Cluster", (await ArgosyAsync("cluster", "get", "gpu", "-o", "yaml")).Output, StringComparison.Ordinal);
        Assert.Equal("Cluster 'gpu' revoked\n", (await ArgosyAsync("cluster", "revoke", "gpu")).Output);
        Assert.Equal("Cluster 'gpu' deleted\n", (await ArgosyAsync("cluster", "delete", "gpu")).Output);
        Assert.StartsWith("No clusters.", (await ArgosyAsync("cluster", "list")).Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task JoinManifest_HasANewTicketEachTime_AndLeadsToTheHub()
    {
        await ArgosyAsync("cluster", "create", "gpu");

        var first = await ArgosyAsync("cluster", "join-manifest", "gpu");
        var second = await ArgosyAsync(
            "cluster", "join-manifest", "gpu", "--hub", "https://hub.example:9000", "--namespace", "default", "--namespace", "team-a", "--host-network");

        Assert.Equal((0, 0), (first.Code, second.Code));
        Assert.Contains($"value: {hub.AgentsUrl!.AbsoluteUri.TrimEnd('/')}\n", first.Output, StringComparison.Ordinal);
        Assert.Contains("leads a pod to itself", first.Error, StringComparison.Ordinal);
        Assert.Contains("value: https://hub.example:9000\n", second.Output, StringComparison.Ordinal);
        Assert.Contains("value: default,team-a\n", second.Output, StringComparison.Ordinal);
        Assert.Empty(second.Error);
        Assert.NotEqual(TicketIn(first.Output), TicketIn(second.Output));
        Assert.Contains("-----BEGIN CERTIFICATE-----", second.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("not found", "get", "nowhere")]
    [InlineData("not found", "delete", "nowhere")]
    [InlineData("not found", "revoke", "nowhere")]
    [InlineData("not found", "join-manifest", "nowhere")]
    [InlineData("already exists", "create", "there")]
    [InlineData("LABEL=VALUE", "create", "gpu", "--labels", "nvidia")]
    [InlineData("https://hub.example", "join-manifest", "there", "--hub", "http://plain")]
    [InlineData("https://hub.example", "join-manifest", "there", "--api-server", "10.0.0.1")]
    [InlineData("agent's key", "join-manifest", "there", "--namespace", "argosy")]
    [InlineData("small letters", "join-manifest", "there", "--namespace", "Team")]
    [InlineData("not root", "join-manifest", "there", "--port", "80")]
    public async Task WhatCannotBeDone_IsSaid(string expected, params string[] args)
    {
        await ArgosyAsync("cluster", "create", "there");

        var (code, _, error) = await ArgosyAsync(["cluster", .. args]);

        Assert.Equal(1, code);
        Assert.Contains(expected, error, StringComparison.Ordinal);
    }

    private static string TicketIn(string manifest) =>
        (string)ManifestText.Read(manifest).Single(value => (string?)value["kind"] == "Secret")["stringData"]!["ticket"]!;

    private async Task<(int Code, string Output, string Error)> ArgosyAsync(params string[] args)
    {
        var shell = new TestShell(new Dictionary<string, string> { ["ARGO_SERVER"] = hub.Url.Authority, ["ARGO_TOKEN"] = hub.AdminToken, ["HOME"] = folder.Path });
        var code = await shell.RunAsync(args);
        return (code, shell.Output, shell.Error);
    }
}
