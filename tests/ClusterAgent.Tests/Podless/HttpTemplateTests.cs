using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Argosy.ClusterAgent.Outbound;
using Argosy.ClusterAgent.Podless;
using Argosy.ClusterAgent.Tests.Embedded;
using Argosy.Contracts.Agents;

namespace Argosy.ClusterAgent.Tests.Podless;

/// <summary>What an http template asks, and what of the answer is reported.</summary>
public sealed class HttpTemplateTests
{
    [Fact]
    public async Task Request_IsMadeAsTheTemplateSays_AndTheAnswerIsReported()
    {
        using var server = new OneAnswer("HTTP/1.1 404 Not Found\r\nX-Kind: a\r\nContent-Length: 4\r\n\r\ngone");
        await using var cluster = await TestCluster.StartAsync();
        cluster.Hub.Configurations[(ConfigurationKind.Secret, "token")] = new Dictionary<string, string> { ["key"] = "s3cret" };

        var report = await cluster.RunAsync(Intents.Of(new
        {
            http = new
            {
                url = server.Url, method = "PUT", body = "hello",
                headers = new object[]
                {
                    new { name = "Content-Type", value = "text/x" },
                    new { name = "X-Token", valueFrom = new { secretKeyRef = new { name = "token", key = "key" } } },
                },
            },
        }));

        Assert.Equal((PodPhase.PodSucceeded, 404, "gone"), (report.Phase, report.Http.StatusCode, report.Result));
        Assert.Equal(["a"], report.Http.Headers.Single(header => header.Name == "X-Kind").Values);
        var asked = await server.Asked;
        Assert.StartsWith("PUT / HTTP/1.1\r\n", asked, StringComparison.Ordinal);
        Assert.Contains("X-Token: s3cret\r\n", asked, StringComparison.Ordinal);
        Assert.Contains("Content-Type: text/x\r\n", asked, StringComparison.Ordinal);
        Assert.EndsWith("\r\n\r\nhello", asked, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("file:///etc/passwd", "is no URL of http or https")]
    [InlineData("http://127.0.0.1:1/", "127.0.0.1:1")]
    public async Task RequestThatCannotBeMade_IsAnError(string url, string expected)
    {
        await using var cluster = await TestCluster.StartAsync();

        var report = await cluster.RunAsync(Intents.Of(new { http = new { url } }));

        Assert.Equal(PodPhase.PodError, report.Phase);
        Assert.Contains(expected, report.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("http://127.0.0.1:1/")]
    [InlineData("http://localhost:1/")]
    [InlineData("http://[::1]:1/")]
    [InlineData("http://[::ffff:127.0.0.1]:1/")]
    [InlineData("http://0.0.0.0:1/")]
    [InlineData("http://169.254.169.254/latest/meta-data")]
    public async Task AddressOfTheAgentsOwnMachine_IsRefused_WhereTheAdministratorDoesNotAllowIt(string url)
    {
        var template = new HttpTemplate((_, _, _, _) => throw new InvalidOperationException(), TimeProvider.System, Reach.BeyondThisMachine);

        var refusal = await Assert.ThrowsAsync<PodlessException>(
            () => template.RunAsync(new PodIntent(), JsonSerializer.SerializeToElement(new { url }), TestContext.Current.CancellationToken));

        Assert.Contains("a loopback or link-local address of the agent's own machine", refusal.Message, StringComparison.Ordinal);
        Assert.Contains("ARGOSY_HTTP_ALLOW_LOCAL", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task SecretThatIsNotThere_IsAnErrorThatNamesIt()
    {
        await using var cluster = await TestCluster.StartAsync();

        var report = await cluster.RunAsync(Intents.Of(new
        {
            http = new { url = "http://127.0.0.1:1/", headers = new[] { new { name = "X", valueFrom = new { secretKeyRef = new { name = "absent", key = "k" } } } } },
        }));

        Assert.Equal(PodPhase.PodError, report.Phase);
        Assert.Contains("\"absent\"", report.Message, StringComparison.Ordinal);
    }

    /// <summary>A server that hears one request, of a body of five letters, and answers it.</summary>
    private sealed class OneAnswer : IDisposable
    {
        private readonly TcpListener listener = new(IPAddress.Loopback, 0);

        public OneAnswer(string answer)
        {
            listener.Start();
            Asked = AnswerAsync(answer);
        }

        public string Url => $"http://{listener.LocalEndpoint}/";

        public Task<string> Asked { get; }

        public void Dispose() => listener.Dispose();

        private async Task<string> AnswerAsync(string answer)
        {
            using var client = await listener.AcceptTcpClientAsync();
            var stream = client.GetStream();
            var heard = new StringBuilder();
            var buffer = new byte[1024];
            while (!heard.ToString().Contains("\r\n\r\nhello", StringComparison.Ordinal))
            {
                heard.Append(Encoding.ASCII.GetString(buffer, 0, await stream.ReadAsync(buffer)));
            }

            await stream.WriteAsync(Encoding.ASCII.GetBytes(answer));
            return heard.ToString();
        }
    }
}
