using System.Net;
using Argosy.StandIns.Grpc.Tests.Link;
using Grpc.Core;
using Grpc.Net.Client;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;

namespace Argosy.StandIns.Grpc.Tests;

/// <summary>Servers that do not keep to the protocol, or do not speak it, end our client's calls; nothing worse.</summary>
public sealed class HostileServerTests
{
    /// <summary>An answer's headers, body and trailers, and the status our client makes of it.</summary>
    public static TheoryData<string, StatusCode> Answers => new()
    {
        { "grpc | 00 00000005 0A03 | grpc-status: 0", StatusCode.Internal }, // cut off within the message
        { "grpc | 00 0000 | grpc-status: 0", StatusCode.Internal }, // cut off within its header
        { "grpc | 02 00000000 | grpc-status: 0", StatusCode.Internal }, // no such flag
        { "grpc | 00 FFFFFFFF 00 | grpc-status: 0", StatusCode.ResourceExhausted },
        { "grpc | 00 00000001 FF | grpc-status: 0", StatusCode.Internal }, // no protobuf
        { "grpc | 00 00000000 00 00000000 | grpc-status: 0", StatusCode.Internal }, // two messages
        { "grpc | | grpc-status: 0", StatusCode.Internal }, // none
        { "grpc | 01 00000000 | grpc-status: 0", StatusCode.Internal }, // compressed how?
        { "grpc grpc-encoding: lz | 01 00000000 | grpc-status: 0", StatusCode.Internal },
        { "grpc grpc-encoding: gzip | 01 00000002 ABCD | grpc-status: 0", StatusCode.Internal },
        { "grpc | 00 00000000 |", StatusCode.Cancelled }, // no status
        { "grpc | 00 00000000 | grpc-status: 99", StatusCode.Unknown },
        { "grpc | 00 00000000 | grpc-status: nonsense", StatusCode.Unknown },
        { "grpc | 00 00000000 | grpc-status: 0 x-bin: *", StatusCode.Internal },
        { "text/html | 3C68746D6C3E |", StatusCode.Cancelled },
        { "- | |", StatusCode.Cancelled },
        { "grpc grpc-status: 5 | |", StatusCode.NotFound }, // trailers only
        { "text/html status: 400 | |", StatusCode.Internal },
        { "text/html status: 401 | |", StatusCode.Unauthenticated },
        { "text/html status: 403 | |", StatusCode.PermissionDenied },
        { "text/html status: 404 | |", StatusCode.Unimplemented },
        { "text/html status: 429 | |", StatusCode.Unavailable },
        { "text/html status: 500 | |", StatusCode.Unknown },
        { "text/html status: 502 | |", StatusCode.Unavailable },
        { "text/html status: 503 | |", StatusCode.Unavailable },
        { "reset: 2 | |", StatusCode.Internal },
        { "reset: 7 | |", StatusCode.Unavailable },
        { "reset: 8 | |", StatusCode.Cancelled },
        { "reset: 11 | |", StatusCode.ResourceExhausted },
        { "reset: 12 | |", StatusCode.PermissionDenied },
    };

    [Theory]
    [MemberData(nameof(Answers))]
    public async Task Answer_OfABadServer_EndsTheCall(string answer, StatusCode expected)
    {
        await using var server = await StartAsync(answer);
        using var channel = GrpcChannel.ForAddress(server.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single());
        var client = new Link.Link.LinkClient(channel);

        var unary = await Assert.ThrowsAsync<RpcException>(async () => await client.AskAsync(new Question()));

        Assert.Equal(expected, unary.StatusCode);
    }

    private static async Task<WebApplication> StartAsync(string script)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
            kestrel.Listen(IPAddress.Loopback, 0, endpoint => endpoint.Protocols = HttpProtocols.Http2));
        var app = builder.Build();
        app.Run(http => PlayAsync(http, [.. script.Split('|', StringSplitOptions.TrimEntries)]));
        await app.StartAsync();
        return app;
    }

    private static async Task PlayAsync(HttpContext http, string[] script)
    {
        var (headers, body, trailers) = (script[0].Split(' '), script[1], script[2].Split(' ', StringSplitOptions.RemoveEmptyEntries));
        if (headers[0] == "reset:")
        {
            http.Features.Get<IHttpResetFeature>()!.Reset(int.Parse(headers[1], System.Globalization.CultureInfo.InvariantCulture));
            return;
        }

        http.Response.ContentType = headers[0] switch { "grpc" => "application/grpc", "-" => null, var other => other };
        for (var at = 1; at < headers.Length; at += 2)
        {
            if (headers[at] == "status:")
            {
                http.Response.StatusCode = int.Parse(headers[at + 1], System.Globalization.CultureInfo.InvariantCulture);
            }
            else
            {
                http.Response.Headers[headers[at].TrimEnd(':')] = headers[at + 1];
            }
        }

        await http.Response.Body.WriteAsync(Convert.FromHexString(body.Replace(" ", "", StringComparison.Ordinal)));
        for (var at = 0; at < trailers.Length; at += 2)
        {
            http.Response.AppendTrailer(trailers[at].TrimEnd(':'), trailers[at + 1]);
        }
    }
}
