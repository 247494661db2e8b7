using System.Net;
using System.Net.Http.Headers;
using Argosy.StandIns.Grpc.Tests.Link;
using Argosy.StandIns.Grpc.Tests.Servers;
using Grpc.Core;

namespace Argosy.StandIns.Grpc.Tests;

/// <summary>Clients that do not keep to the protocol, or do not speak it, are told so; the server goes on.</summary>
public sealed class HostileClientTests
{
    /// <summary>A request's headers and body, and the status that answers it.</summary>
    public static TheoryData<string, string, StatusCode> Requests => new()
    {
        { "", "00 00000005 0A03", StatusCode.Internal }, // cut off within the message
        { "", "00 0000", StatusCode.Internal }, // cut off within its header
        { "", "", StatusCode.Internal }, // none
        { "", "02 00000000", StatusCode.Internal }, // no such flag
        { "", "00 FFFFFFFF 00", StatusCode.ResourceExhausted },
        { "", "00 00400001 00", StatusCode.ResourceExhausted }, // four megabytes and one
        { "", "00 00000001 FF", StatusCode.Internal }, // no protobuf
        { "", "00 00000000 00 00000000", StatusCode.Internal }, // two messages
        { "", "01 00000000", StatusCode.Internal }, // compressed how?
        { "grpc-encoding: identity", "01 00000000", StatusCode.Internal },
        { "grpc-encoding: lz", "01 00000000", StatusCode.Unimplemented },
        { "grpc-encoding: gzip", "01 00000002 ABCD", StatusCode.Internal },
        { "grpc-timeout: soon", "00 00000000", StatusCode.Internal },
        { "grpc-timeout: 123456789S", "00 00000000", StatusCode.Internal },
        { "grpc-timeout: 99999999H", "00 00000000", StatusCode.OK },
        { "grpc-encoding: lz", "00 00000000", StatusCode.OK }, // named but not used
    };

    [Theory]
    [MemberData(nameof(Requests))]
    public async Task Request_OfABadClient_IsAnsweredWithAStatus(string header, string body, StatusCode expected)
    {
        await using var server = await LinkServer.StartAsync();
        using var http = server.Http();
        using var request = Request(http, "application/grpc", body);
        if (header.Split(": ") is [var name, var value])
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        using var response = await http.SendAsync(request);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal($"{(int)expected}", StatusOf(response));
        if (expected == StatusCode.Unimplemented)
        {
            Assert.Equal(["identity,gzip"], response.Headers.GetValues("grpc-accept-encoding"));
        }

        Assert.Equal("still here", (await server.Client.AskAsync(new Question { Text = "still here" })).Text);
    }

    [Theory]
    [InlineData("text/plain")]
    [InlineData("application/json")]
    [InlineData("application/grpc-web")]
    [InlineData(null)]
    public async Task OtherContent_ThanGrpc_IsUnsupported(string? contentType)
    {
        await using var server = await LinkServer.StartAsync();
        using var http = server.Http();
        using var request = Request(http, contentType, "00 00000000");

        using var response = await http.SendAsync(request);

        Assert.Equal(HttpStatusCode.UnsupportedMediaType, response.StatusCode);
    }

    [Theory]
    [InlineData("application/grpc+proto")]
    [InlineData("application/grpc;charset=utf-8")]
    [InlineData("Application/Grpc")]
    public async Task GrpcContent_SaidOtherwise_IsTaken(string contentType)
    {
        await using var server = await LinkServer.StartAsync();
        using var http = server.Http();
        using var request = Request(http, contentType, "00 00000000");

        using var response = await http.SendAsync(request);

        Assert.Equal("0", StatusOf(response));
    }

    [Fact]
    public async Task HttpOne_IsToldToUpgrade()
    {
        await using var server = await LinkServer.StartAsync(
            listen: endpoint => endpoint.Protocols = Microsoft.AspNetCore.Server.Kestrel.Core.HttpProtocols.Http1);
        using var http = new HttpClient { BaseAddress = server.Address, DefaultRequestVersion = HttpVersion.Version11 };
        using var request = Request(http, "application/grpc", "00 00000000");

        using var response = await http.SendAsync(request);

        Assert.Equal(HttpStatusCode.UpgradeRequired, response.StatusCode);
    }

    [Fact]
    public async Task Metadata_ThatIsNoBase64_FailsTheCallThatAsksForIt()
    {
        await using var server = await LinkServer.StartAsync();
        server.Script.Ask = (_, context) => Task.FromResult(new Answer { Text = $"{context.RequestHeaders.Count}" });
        using var http = server.Http();
        using var request = Request(http, "application/grpc", "00 00000000");
        request.Headers.TryAddWithoutValidation("x-bin", "*");

        using var response = await http.SendAsync(request);

        Assert.Equal($"{(int)StatusCode.Internal}", StatusOf(response));
    }

    private static string StatusOf(HttpResponseMessage response) =>
        (response.TrailingHeaders.TryGetValues("grpc-status", out var trailing) ? trailing : response.Headers.GetValues("grpc-status")).Single();

    private static HttpRequestMessage Request(HttpClient http, string? contentType, string body) =>
        new(HttpMethod.Post, "/argosy.tests.link.Link/Ask")
        {
            Version = http.DefaultRequestVersion,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = new ByteArrayContent(Convert.FromHexString(body.Replace(" ", "", StringComparison.Ordinal)))
            {
                Headers = { ContentType = contentType is null ? null : MediaTypeHeaderValue.Parse(contentType) },
            },
        };
}
