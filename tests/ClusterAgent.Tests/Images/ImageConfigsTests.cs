using System.Security.Cryptography;
using System.Text;
using Argosy.ClusterAgent.Images;
using Argosy.ClusterAgent.Tests.Kubernetes;

namespace Argosy.ClusterAgent.Tests.Images;

/// <summary>How the agent finds out what an image runs.</summary>
public sealed class ImageConfigsTests : IAsyncLifetime
{
    private const string Config = """{"architecture":"amd64","config":{"Entrypoint":["/argosay"],"Cmd":["echo","hi"]}}""";

    private readonly TurnedTime _time = new();
    private ScriptedApiServer _registry = null!;
    private ImageConfigs _configs = null!;

    private static CancellationToken Patience => TestContext.Current.CancellationToken;

    private static string Manifest => $$$"""{"schemaVersion":2,"config":{"digest":"{{{DigestOf(Config)}}}"},"layers":[]}""";

    public async ValueTask InitializeAsync()
    {
        _registry = await ScriptedApiServer.StartAsync();
        _configs = new ImageConfigs(RegistryMirrors.Parse($"docker.io={_registry.Connection.Server}"), _time);
    }

    public async ValueTask DisposeAsync()
    {
        _configs.Dispose();
        await _registry.DisposeAsync();
    }

    [Fact]
    public async Task Image_OfSeveralArchitectures_IsReadThroughItsIndex()
    {
        var arm = DigestOf("arm");
        _registry.Then(200, $$$"""
            {"manifests":[{"digest":"{{{arm}}}","platform":{"os":"linux","architecture":"riscv64"}},
              {"digest":"{{{DigestOf(Manifest)}}}","platform":{"os":"linux","architecture":"{{{Architecture}}}"} },{"digest":"{{{arm}}}","platform":{"os":"windows","architecture":"amd64"} }]}
            """).Then(200, Manifest).Then(200, Config);

        var found = await FindAsync("argoproj/argosay:v2");

        Assert.Equal(["/argosay"], found.Entrypoint);
        Assert.Equal(["echo", "hi"], found.Command);
        Assert.Equal(
            ["GET /v2/argoproj/argosay/manifests/v2", $"GET /v2/argoproj/argosay/manifests/{DigestOf(Manifest)}", $"GET /v2/argoproj/argosay/blobs/{DigestOf(Config)}"],
            _registry.Requests);
    }

    [Fact]
    public async Task RegistryThatWantsAToken_IsGivenOne_FromWhereItSays_WithThePullSecretsName()
    {
        var realm = $"{_registry.Connection.Server}token";
        _registry.Then(401, "", ("WWW-Authenticate", $"Bearer realm=\"{realm}\",service=\"registry.example\",scope=\"repository:library/busybox:pull\""))
            .Then(200, """{"token":"t0"}""").Then(200, Manifest).Then(200, Config);

        await FindAsync("busybox", RegistryCredentials.Read(["""{"auths":{"docker.io":{"auth":"dTpw"}}}"""]));

        Assert.Equal("GET /token?service=registry.example&scope=repository%3Alibrary%2Fbusybox%3Apull", _registry.Requests.ElementAt(1));
        Assert.Equal([null, "Basic dTpw", "Bearer t0", "Bearer t0"], _registry.Authorizations.Select(shown => string.IsNullOrEmpty(shown) ? null : shown));
    }

    [Fact]
    public async Task RegistryThatWantsAPassword_IsGivenIt()
    {
        _registry.Then(401, "", ("WWW-Authenticate", "Basic realm=\"r\"")).Then(200, Manifest).Then(200, Config);

        await FindAsync("busybox", RegistryCredentials.Read(["""{"auths":{"docker.io":{"auth":"dTpw"}}}"""]));

        Assert.Equal("Basic dTpw", _registry.Authorizations.Last());
    }

    [Fact]
    public async Task ManyAtOnce_AskOnce_AndAgainAfterTenMinutes()
    {
        _registry.Then(200, Manifest).Then(200, Config).Then(200, Manifest).Then(200, Config);

        await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => FindAsync("busybox")));
        Assert.Equal(2, _registry.Requests.Count);
        _time.Turn(TimeSpan.FromMinutes(11));
        await FindAsync("busybox");

        Assert.Equal(4, _registry.Requests.Count);
    }

    [Fact]
    public async Task Failure_IsRememberedForAMoment_AndNotTold_ToOtherNamespaces()
    {
        _registry.Then(404, "").Then(200, Manifest).Then(200, Config).Then(200, Manifest).Then(200, Config);

        await Assert.ThrowsAsync<ImageLookupException>(() => FindAsync("busybox"));
        await Assert.ThrowsAsync<ImageLookupException>(() => FindAsync("busybox"));
        Assert.Single(_registry.Requests);
        await _configs.FindAsync(Of("other"), "busybox", _ => Task.FromResult(RegistryCredentials.None), Patience);
        _time.Turn(TimeSpan.FromSeconds(11));
        await FindAsync("busybox");

        Assert.Equal(5, _registry.Requests.Count);
    }

    [Theory]
    [InlineData(404, """{"errors":[{"code":"MANIFEST_UNKNOWN","message":"manifest unknown"}]}""", "has no such image (manifest unknown)")]
    [InlineData(401, "", "does not show it without credentials")]
    [InlineData(503, "a proxy", "answered 503")]
    [InlineData(200, "{}", "names no config")]
    public async Task WhatTheRegistrySays_IsTold_WithWhatToDo(int code, string body, string expected)
    {
        _registry.Then(code, body);

        var failure = await Assert.ThrowsAsync<ImageLookupException>(() => FindAsync("busybox"));

        Assert.StartsWith("failed to look-up entrypoint/cmd for image \"busybox\": ", failure.Message, StringComparison.Ordinal);
        Assert.Contains(expected, failure.Message, StringComparison.Ordinal);
        Assert.Contains("Write the command into the template", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task BytesThatAreNotWhatTheDigestSays_AreRefused()
    {
        _registry.Then(200, Manifest).Then(200, """{"config":{"Cmd":["evil"]}}""");

        var failure = await Assert.ThrowsAsync<ImageLookupException>(() => FindAsync("busybox"));

        Assert.Contains("something else than sha256:", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task RegistryThatIsAway_IsSaid()
    {
        using var configs = new ImageConfigs(RegistryMirrors.Parse("docker.io=http://127.0.0.1:1"), _time);

        var failure = await Assert.ThrowsAsync<ImageLookupException>(
            () => configs.FindAsync(Of("argo"), "busybox", _ => Task.FromResult(RegistryCredentials.None), Patience));

        Assert.Contains("cannot be reached", failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("argoproj/argosay:v2")]
    [InlineData("busybox")]
    [InlineData("python:alpine3.23")]
    public async Task RealRegistry_Answers(string image)
    {
        const string Address = "http://127.0.0.1:15000";
        using var probe = new HttpClient();
        try
        {
            using var answer = await probe.GetAsync($"{Address}/v2/", Patience);
        }
        catch (HttpRequestException)
        {
            Assert.Skip($"no registry at {Address}: images are not looked up in a real one");
        }

        using var configs = new ImageConfigs(RegistryMirrors.Parse($"docker.io={Address}"), TimeProvider.System);
        var found = await configs.FindAsync(Of("argo"), image, _ => Task.FromResult(RegistryCredentials.None), Patience);

        Assert.NotEmpty(found.Entrypoint.Concat(found.Command));
    }

    [Fact]
    public async Task Refusal_OfOneStepsCredentials_IsNotToldToAStepWithOthers()
    {
        _registry.Then(401, "").Then(200, Manifest).Then(200, Config).Then(401, "");

        await Assert.ThrowsAsync<ImageLookupException>(() => FindAsync("busybox"));
        var found = await _configs.FindAsync(Of("argo", "puller"), "busybox", _ => Task.FromResult(RegistryCredentials.None), Patience);
        await Assert.ThrowsAsync<ImageLookupException>(
            () => _configs.FindAsync(Of("argo") with { ServiceAccount = "robot" }, "busybox", _ => Task.FromResult(RegistryCredentials.None), Patience));

        Assert.Equal(["/argosay"], found.Entrypoint);
    }

    [Fact]
    public async Task RegistryOrTokenServer_OnTheAgentsOwnMachine_IsNotAsked_UnlessItIsAMirror()
    {
        _registry.Then(401, "", ("WWW-Authenticate", "Bearer realm=\"http://169.254.169.254/token\""));

        var token = await Assert.ThrowsAsync<ImageLookupException>(() => FindAsync("busybox"));
        var registry = await Assert.ThrowsAsync<ImageLookupException>(() => FindAsync("127.0.0.1:1/busybox"));

        Assert.Contains("169.254.169.254 is 169.254.169.254, a loopback or link-local address", token.Message, StringComparison.Ordinal);
        Assert.Contains("127.0.0.1 is 127.0.0.1, a loopback or link-local address", registry.Message, StringComparison.Ordinal);
    }

    private static PullIdentity Of(string @namespace, params string[] secrets) => new(@namespace, "default", secrets);

    private static string Architecture => System.Runtime.InteropServices.RuntimeInformation.OSArchitecture == System.Runtime.InteropServices.Architecture.Arm64 ? "arm64" : "amd64";

    private Task<ImageConfig> FindAsync(string image, RegistryCredentials? credentials = null) =>
        _configs.FindAsync(Of("argo"), image, _ => Task.FromResult(credentials ?? RegistryCredentials.None), Patience);

    private static string DigestOf(string text) => $"sha256:{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)))}";

    private sealed class TurnedTime : TimeProvider
    {
        private DateTimeOffset _now = DateTimeOffset.UnixEpoch;

        public override DateTimeOffset GetUtcNow() => _now;

        public void Turn(TimeSpan by) => _now += by;
    }
}
