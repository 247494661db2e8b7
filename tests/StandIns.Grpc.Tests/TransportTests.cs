using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Argosy.StandIns.Grpc.Tests.Link;
using Argosy.StandIns.Grpc.Tests.Servers;
using Grpc.Core;
using Grpc.Net.Client;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Https;

namespace Argosy.StandIns.Grpc.Tests;

/// <summary>TLS, lost connections and servers that go away.</summary>
public sealed class TransportTests
{
    [Fact]
    public async Task ClientCertificate_OverTls_TellsTheServerWhoCalls()
    {
        using var serversCertificate = Certificate("localhost");
        using var clientsCertificate = Certificate("agent-7");
        await using var server = await LinkServer.StartAsync(listen: endpoint => endpoint.UseHttps(new HttpsConnectionAdapterOptions
        {
            ServerCertificate = serversCertificate,
            ClientCertificateMode = ClientCertificateMode.RequireCertificate,
            ClientCertificateValidation = (certificate, _, _) => certificate.Thumbprint == clientsCertificate.Thumbprint,
        }));
        server.Script.Ask = (_, context) => Task.FromResult(new Answer
        {
            Text = $"{context.AuthContext.IsPeerAuthenticated} {context.AuthContext.PeerIdentity.Single().Value} "
                + context.GetHttpContext().Connection.ClientCertificate!.Subject,
        });
        using var handler = Trusting(serversCertificate, clientsCertificate);
        using var channel = server.OpenChannel(options => options.HttpHandler = handler);

        var answer = await new Link.Link.LinkClient(channel).AskAsync(new Question());

        Assert.Equal("https", server.Address.Scheme);
        Assert.Equal("True agent-7 CN=agent-7", answer.Text);
    }

    [Fact]
    public async Task Client_WithoutTheCertificateAskedFor_IsUnavailable()
    {
        using var serversCertificate = Certificate("localhost");
        await using var server = await LinkServer.StartAsync(listen: endpoint => endpoint.UseHttps(new HttpsConnectionAdapterOptions
        {
            ServerCertificate = serversCertificate,
            ClientCertificateMode = ClientCertificateMode.RequireCertificate,
        }));
        using var handler = Trusting(serversCertificate, null);
        using var channel = server.OpenChannel(options => options.HttpHandler = handler);

        var failure = await Assert.ThrowsAsync<RpcException>(async () => await new Link.Link.LinkClient(channel).AskAsync(new Question()));

        Assert.Equal(StatusCode.Unavailable, failure.StatusCode);
    }

    [Fact]
    public async Task Server_NobodyTrusts_IsUnavailable()
    {
        using var serversCertificate = Certificate("localhost");
        await using var server = await LinkServer.StartAsync(listen: endpoint => endpoint.UseHttps(serversCertificate));

        var failure = await Assert.ThrowsAsync<RpcException>(async () => await server.Client.AskAsync(new Question()));

        Assert.Equal(StatusCode.Unavailable, failure.StatusCode);
    }

    [Fact]
    public async Task InTheClear_WithoutCertificate_NobodyIsAuthenticated()
    {
        await using var server = await LinkServer.StartAsync();
        server.Script.Ask = (_, context) => Task.FromResult(new Answer { Text = $"{context.AuthContext.IsPeerAuthenticated}" });

        Assert.Equal("False", (await server.Client.AskAsync(new Question())).Text);
    }

    [Fact]
    public async Task NobodyListening_IsUnavailable()
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        var port = ((IPEndPoint)taken.LocalEndpoint).Port;
        taken.Stop();
        using var channel = GrpcChannel.ForAddress($"http://127.0.0.1:{port}");

        var failure = await Assert.ThrowsAsync<RpcException>(async () => await new Link.Link.LinkClient(channel).AskAsync(new Question()));

        Assert.Equal(StatusCode.Unavailable, failure.StatusCode);
    }

    [Fact]
    public async Task Connection_Lost_EndsItsCallsOnBothSides_AndTheNextCallConnectsAnew()
    {
        await using var server = await LinkServer.StartAsync();
        await using var wire = Wire.To(server.Address);
        var running = new TaskCompletionSource();
        var told = new TaskCompletionSource();
        server.Script.Talk = (_, _, context) =>
        {
            running.SetResult();
            return LinkScript.HangAsync<Answer>(context, told);
        };
        using var channel = GrpcChannel.ForAddress(wire.Address);
        var client = new Link.Link.LinkClient(channel);
        using var call = client.Talk();
        await running.Task;
        var read = call.ResponseStream.MoveNext();

        wire.Cut();

        Assert.Equal(StatusCode.Unavailable, (await Assert.ThrowsAsync<RpcException>(() => read)).StatusCode);
        await told.Task;
        Assert.Equal("again", (await client.AskAsync(new Question { Text = "again" })).Text);
    }

    [Fact]
    public async Task Connection_GoneSilent_IsNoticedByKeepalive()
    {
        await using var server = await LinkServer.StartAsync();
        await using var wire = Wire.To(server.Address);
        var running = new TaskCompletionSource();
        server.Script.Talk = (_, _, context) =>
        {
            running.SetResult();
            return LinkScript.HangAsync<Answer>(context, new TaskCompletionSource());
        };
        using var handler = new SocketsHttpHandler
        {
            KeepAlivePingDelay = TimeSpan.FromSeconds(1),
            KeepAlivePingTimeout = TimeSpan.FromSeconds(1),
            KeepAlivePingPolicy = HttpKeepAlivePingPolicy.WithActiveRequests,
        };
        using var channel = GrpcChannel.ForAddress(wire.Address, new GrpcChannelOptions { HttpHandler = handler });
        using var call = new Link.Link.LinkClient(channel).Talk();
        await running.Task;
        var read = call.ResponseStream.MoveNext();

        wire.Silence();

        Assert.Equal(StatusCode.Unavailable, (await Assert.ThrowsAsync<RpcException>(() => read)).StatusCode);
    }

    [Fact]
    public async Task Server_ShuttingDown_CancelsItsHandlers_AndCallersSeeUnavailable()
    {
        await using var server = await LinkServer.StartAsync();
        var running = new TaskCompletionSource();
        var told = new TaskCompletionSource();
        server.Script.Talk = (_, _, context) =>
        {
            running.SetResult();
            return LinkScript.HangAsync<Answer>(context, told);
        };
        using var call = server.Client.Talk();
        await running.Task;
        var read = call.ResponseStream.MoveNext();

        await server.StopAsync();

        Assert.Equal(StatusCode.Unavailable, (await Assert.ThrowsAsync<RpcException>(() => read)).StatusCode);
        await told.Task;
    }

    [Fact]
    public void Channel_ToWhatIsNoHttpAddress_IsRefused() => Assert.Throws<ArgumentException>(() => GrpcChannel.ForAddress("ftp://example.com"));

    private static X509Certificate2 Certificate(string name)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var now = DateTimeOffset.UtcNow;
        using var made = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256).CreateSelfSigned(now.AddHours(-1), now.AddHours(1));

        // A key that TLS can use on every system.
        return X509CertificateLoader.LoadPkcs12(made.Export(X509ContentType.Pkcs12), null);
    }

    private static SocketsHttpHandler Trusting(X509Certificate2 server, X509Certificate2? client) => new()
    {
        SslOptions = new SslClientAuthenticationOptions
        {
            RemoteCertificateValidationCallback = (_, certificate, _, _) => server.Equals(certificate),
            ClientCertificates = client is null ? null : new X509CertificateCollection { client },
        },
    };
}
