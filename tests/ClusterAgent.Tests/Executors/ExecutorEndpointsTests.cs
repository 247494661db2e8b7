using System.Net;
using System.Net.Http.Headers;
using Argosy.ClusterAgent.Executors;
using Argosy.ClusterAgent.Kubernetes.Api;
using Argosy.ClusterAgent.Kubernetes.Connecting;
using Argosy.ClusterAgent.Tests.Embedded;
using Argosy.Contracts.Agents;
using Grpc.Core;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Argosy.ClusterAgent.Tests.Executors;

/// <summary>What the agent refuses to executors, and how; what it grants them is seen in the executor's own tests.</summary>
public sealed class ExecutorEndpointsTests : IExecutorPods, IAsyncLifetime
{
    private static readonly AttemptKey Key = new() { Namespace = "jobs", WorkflowUid = "uid-1", NodeId = "n", Attempt = 2 };

    private readonly FakeHub _hub = new();
    private readonly FailingHub _link;
    private readonly HttpClient _http = new();
    private WebApplication _app = null!;
    private KubernetesClient _kubernetes = null!;
    private PodAuthentication _authentication = null!;
    private string _pod = "train-7";

    public ExecutorEndpointsTests() => _link = new FailingHub(_hub);

    private static CancellationToken Patience => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        _http.BaseAddress = new Uri($"http://127.0.0.1:{FreePort()}/"); // known beforehand: the API server is the same application
        builder.WebHost.UseUrls(_http.BaseAddress.ToString());
        _app = builder.Build();
        _app.MapPost("/apis/authentication.k8s.io/v1/tokenreviews", http => http.Response.WriteAsync(
            """
            {"status":{"authenticated":true,"audiences":["argosy"],"user":{"username":"system:serviceaccount:jobs:default",
             "extra":{"authentication.kubernetes.io/pod-name":["THE-POD"],"authentication.kubernetes.io/pod-uid":["uid-7"]}}}}
            """.Replace("THE-POD", _pod, StringComparison.Ordinal)));
        _kubernetes = new KubernetesClient(new ClusterConnection(_http.BaseAddress), TimeProvider.System);
        _authentication = new PodAuthentication(_kubernetes, TimeProvider.System);
        _app.MapExecutors(_link, this, _authentication);
        await _app.StartAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        _authentication.Dispose();
        _kubernetes.Dispose();
        _http.Dispose();
    }

    public ExecutorPod? Find(string @namespace, string podName, string podUid) => (@namespace, podName, podUid) == ("jobs", "train-7", "uid-7")
        ? new ExecutorPod(Key, [new ArtifactTransfer { Name = "data", LocationJson = "data" }], [new ArtifactTransfer { Name = "model", LocationJson = "model" }])
        : null;

    bool IExecutorPods.MayCome(string @namespace, string podName) => podName == "comes";

    void IExecutorPods.Progressed(AttemptKey key, string progress)
    {
    }

    [Theory]
    [InlineData("GET", "v1/inputs/model", "pod jobs/train-7 declares no input artifact 'model'")]
    [InlineData("GET", "v1/inputs/model/files", "pod jobs/train-7 declares no input artifact 'model'")]
    [InlineData("GET", "v1/inputs/data/file?path=../other", "'../other' is no file below artifact 'data'")]
    [InlineData("GET", "v1/inputs/data/file?path=/etc/passwd", "'/etc/passwd' is no file below artifact 'data'")]
    [InlineData("GET", "v1/inputs/data/file?path=a//b", "'a//b' is no file below artifact 'data'")]
    [InlineData("PUT", "v1/outputs/artifacts/data", "pod jobs/train-7 declares no output artifact 'data'")]
    [InlineData("PUT", "v1/outputs/artifacts/model?file=a/../../b", "'a/../../b' is no file below artifact 'model'")]
    public async Task WhatThePodDoesNotDeclare_IsForbidden(string method, string path, string words)
    {
        using var answer = await AskAsync(method, path, "token");

        Assert.Equal((HttpStatusCode.Forbidden, words), (answer.StatusCode, await WordsAsync(answer)));
    }

    [Fact]
    public async Task PodThatThisAgentDoesNotRun_IsForbidden()
    {
        _pod = "somebody-else";
        using var answer = await AskAsync("GET", "v1/inputs/data", "token");

        Assert.Equal((HttpStatusCode.Forbidden, "this agent runs no pod jobs/somebody-else with uid uid-7"), (answer.StatusCode, await WordsAsync(answer)));
    }

    [Fact]
    public async Task PodThatMayYetTurnOutToBeThisAgents_IsToAskAgain()
    {
        _pod = "comes";
        using var answer = await AskAsync("GET", "v1/inputs/data", "token");

        Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
    }

    [Theory]
    [InlineData("GET", "v1/inputs/data")]
    [InlineData("GET", "v1/inputs/data/files")]
    [InlineData("GET", "v1/inputs/data/file?path=a")]
    [InlineData("PUT", "v1/outputs/artifacts/model")]
    [InlineData("PUT", "v1/outputs")]
    [InlineData("POST", "v1/progress")]
    public async Task NothingIsThere_WithoutAToken(string method, string path)
    {
        using var answer = await AskAsync(method, path, token: null);

        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
        Assert.True(answer.Headers.Contains(ExecutorEndpoints.Mark));
    }

    [Fact]
    public async Task MissingArtifact_IsNotFound()
    {
        using var answer = await AskAsync("GET", "v1/inputs/data", "token");

        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
    }

    [Fact]
    public async Task Failure_OfTheHub_IsOneToRepeat_UnlessItSaysNo()
    {
        Assert.Equal(HttpStatusCode.ServiceUnavailable, await StoreWhileAsync(new IOException("no hub")));
        Assert.Equal(HttpStatusCode.ServiceUnavailable, await StoreWhileAsync(new RpcException(new Status(StatusCode.Unavailable, "no hub"))));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, await StoreWhileAsync(new ArtifactDigestException("a", "b", "model")));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, await StoreWhileAsync(new RpcException(new Status(StatusCode.InvalidArgument, "no such driver"))));
        Assert.Equal(HttpStatusCode.NotFound, await StoreWhileAsync(new RpcException(new Status(StatusCode.NotFound, "gone"))));
    }

    [Fact]
    public async Task ProgressThatIsNone_IsRefused()
    {
        using var answer = await AskAsync("POST", "v1/progress", "token", "half/way"u8.ToArray());

        Assert.Equal((HttpStatusCode.UnprocessableEntity, "'half/way' is no progress: write N/M"), (answer.StatusCode, await WordsAsync(answer)));
    }

    [Fact]
    public async Task OutputsWithoutEnd_AreRefused_AndArtifactsAreNot()
    {
        var much = new byte[33 * 1024 * 1024];
        using var outputs = await AskAsync("PUT", "v1/outputs", "token", much);
        using var artifact = await AskAsync("PUT", "v1/outputs/artifacts/model", "token", much);

        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, outputs.StatusCode);
        Assert.Equal(HttpStatusCode.OK, artifact.StatusCode);
    }

    private async Task<HttpStatusCode> StoreWhileAsync(Exception failure)
    {
        _link.Failure = failure;
        using var answer = await AskAsync("PUT", "v1/outputs/artifacts/model", "token", [1]);
        return answer.StatusCode;
    }

    private async Task<HttpResponseMessage> AskAsync(string method, string path, string? token, byte[]? body = null)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        request.Headers.Authorization = token is null ? null : new AuthenticationHeaderValue("Bearer", token);
        request.Headers.ExpectContinue = body is not null;
        request.Content = body is null ? null : new ByteArrayContent(body);
        return await _http.SendAsync(request, Patience);
    }

    private static async Task<string?> WordsAsync(HttpResponseMessage answer) =>
        (string?)System.Text.Json.Nodes.JsonNode.Parse(await answer.Content.ReadAsStringAsync(Patience))!["error"];

    private static int FreePort()
    {
        using var listener = new System.Net.Sockets.TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    /// <summary>A hub that fails when it is to store, as told.</summary>
    private sealed class FailingHub(FakeHub hub) : IHubLink
    {
        public Exception? Failure { get; set; }

        public Task<StoredArtifact> StoreArtifactAsync(AttemptKey writer, ArtifactTransfer artifact, Stream content, CancellationToken cancellationToken) =>
            Failure is null ? hub.StoreArtifactAsync(writer, artifact, content, cancellationToken) : throw Failure;

        public Task<Stream> OpenArtifactAsync(AttemptKey reader, ArtifactTransfer artifact, CancellationToken cancellationToken) =>
            hub.OpenArtifactAsync(reader, artifact, cancellationToken);

        public Task<IReadOnlyList<string>?> ListArtifactAsync(AttemptKey reader, ArtifactTransfer artifact, CancellationToken cancellationToken) =>
            hub.ListArtifactAsync(reader, artifact, cancellationToken);

        public Task<IAgentSession> ConnectAsync(Hello hello, IAgentServices services, CancellationToken cancellationToken) =>
            hub.ConnectAsync(hello, services, cancellationToken);

        public Task<NodeReport> ActOnResourceAsync(PodIntent intent, CancellationToken cancellationToken) => hub.ActOnResourceAsync(intent, cancellationToken);

        public Task<IReadOnlyDictionary<string, string>?> ReadConfigurationAsync(
            ConfigurationKind kind, string @namespace, string name, CancellationToken cancellationToken) =>
            hub.ReadConfigurationAsync(kind, @namespace, name, cancellationToken);
    }
}
