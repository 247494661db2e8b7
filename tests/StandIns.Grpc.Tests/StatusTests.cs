using Argosy.StandIns.Grpc.Tests.Link;
using Argosy.StandIns.Grpc.Tests.Servers;
using Grpc.Core;

namespace Argosy.StandIns.Grpc.Tests;

/// <summary>How calls end: statuses, details, headers and trailers.</summary>
public sealed class StatusTests
{
    public static TheoryData<StatusCode> Failures => [.. Enum.GetValues<StatusCode>().Except([StatusCode.OK])];

    [Theory]
    [MemberData(nameof(Failures))]
    public async Task Status_ThrownByAHandler_ReachesTheCaller(StatusCode code)
    {
        await using var server = await LinkServer.StartAsync();

        var failure = await Assert.ThrowsAsync<RpcException>(async () =>
            await server.Client.AskAsync(new Question { FailWith = (int)code, Text = "100 % für 猫 🐈\r\n\"done\"" }));

        Assert.Equal(new Status(code, "100 % für 猫 🐈\r\n\"done\""), failure.Status);
    }

    [Fact]
    public async Task Status_AfterMessages_FollowsThem()
    {
        await using var server = await LinkServer.StartAsync();
        using var call = server.Client.Talk();
        await call.RequestStream.WriteAsync(new Question { Text = "fine" });
        Assert.True(await call.ResponseStream.MoveNext());
        await call.RequestStream.WriteAsync(new Question { FailWith = (int)StatusCode.DataLoss, Text = "überall" });

        var failure = await Assert.ThrowsAsync<RpcException>(() => call.ResponseStream.MoveNext());

        Assert.Equal(new Status(StatusCode.DataLoss, "überall"), failure.Status);
        Assert.Equal(failure.Status, call.GetStatus());
    }

    [Fact]
    public async Task Status_SetByAHandlerThatReturns_ReachesTheCaller()
    {
        await using var server = await LinkServer.StartAsync();
        server.Script.Ask = (_, context) =>
        {
            context.Status = new Status(StatusCode.NotFound, "no such thing");
            return Task.FromResult(new Answer());
        };

        var failure = await Assert.ThrowsAsync<RpcException>(async () => await server.Client.AskAsync(new Question()));

        Assert.Equal(new Status(StatusCode.NotFound, "no such thing"), failure.Status);
    }

    [Fact]
    public async Task Exception_OfAHandler_IsUnknown_AndKeepsItsText()
    {
        await using var server = await LinkServer.StartAsync();
        server.Script.Ask = (_, _) => throw new InvalidOperationException("the password is swordfish");

        var failure = await Assert.ThrowsAsync<RpcException>(async () => await server.Client.AskAsync(new Question()));

        Assert.Equal(StatusCode.Unknown, failure.StatusCode);
        Assert.DoesNotContain("swordfish", failure.Status.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Exception_WithDetailedErrors_TellsItsText()
    {
        await using var server = await LinkServer.StartAsync(options => options.EnableDetailedErrors = true);
        server.Script.Ask = (_, _) => throw new InvalidOperationException("the disk is full");

        var failure = await Assert.ThrowsAsync<RpcException>(async () => await server.Client.AskAsync(new Question()));

        Assert.Contains("the disk is full", failure.Status.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task NoAnswer_OfAHandler_IsNotASuccess()
    {
        await using var server = await LinkServer.StartAsync();
        server.Script.Ask = (_, _) => Task.FromResult<Answer>(null!);

        Assert.Equal(
            StatusCode.Cancelled,
            (await Assert.ThrowsAsync<RpcException>(async () => await server.Client.AskAsync(new Question()))).StatusCode);
    }

    [Theory]
    [InlineData("argosy.tests.link.Link", "Nothing")]
    [InlineData("argosy.tests.link.Nobody", "Ask")]
    public async Task UnknownMethod_Called_IsUnimplemented(string service, string method)
    {
        await using var server = await LinkServer.StartAsync();
        using var channel = server.OpenChannel();
        var unknown = new Method<string, string>(MethodType.Unary, service, method, Marshallers.StringMarshaller, Marshallers.StringMarshaller);

        var failure = await Assert.ThrowsAsync<RpcException>(async () =>
            await channel.CreateCallInvoker().AsyncUnaryCall(unknown, null, default, "hello"));

        Assert.Equal(StatusCode.Unimplemented, failure.StatusCode);
    }

    [Fact]
    public async Task Metadata_BothWays_ArrivesAsItWasSent()
    {
        await using var server = await LinkServer.StartAsync();
        Metadata? received = null;
        byte[] bytes = [.. Enumerable.Range(0, 256).Select(value => (byte)value)];
        server.Script.Talk = async (_, answers, context) =>
        {
            received = context.RequestHeaders;
            await context.WriteResponseHeadersAsync(new Metadata { { "early", "yes" }, { "early-bin", bytes } });
            context.ResponseTrailers.Add("late", "also, yes");
            context.ResponseTrailers.Add("late-bin", bytes[..1]);
            context.ResponseTrailers.Add("late-bin", bytes[..2]);
        };
        using var call = server.Client.Talk(new Metadata
        {
            { "Trace-Id", "42" }, { "many", "one" }, { "many", "two" }, { "raw-bin", bytes }, { "raw-bin", [] }, { "grpc-status", "7" },
        });

        var headers = await call.ResponseHeadersAsync;
        Assert.False(await call.ResponseStream.MoveNext());

        Assert.Equal("42", received!.GetValue("trace-id"));
        Assert.Equal(["one", "two"], received.GetAll("many").SelectMany(entry => entry.Value.Split(", ")));
        Assert.Equal<byte[]>([bytes, []], received.GetAll("raw-bin").Select(entry => entry.ValueBytes));
        Assert.DoesNotContain(received, entry => entry.Key.StartsWith("grpc-", StringComparison.Ordinal) || entry.Key == "te");
        Assert.Equal("yes", headers.GetValue("early"));
        Assert.Equal(bytes, headers.GetValueBytes("early-bin"));
        Assert.Equal("also, yes", call.GetTrailers().GetValue("late"));
        Assert.Equal<byte[]>([bytes[..1], bytes[..2]], call.GetTrailers().GetAll("late-bin").Select(entry => entry.ValueBytes));
        Assert.DoesNotContain(call.GetTrailers(), entry => entry.Key.StartsWith("grpc-", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Trailers_OfAFailure_ComeWithTheException()
    {
        await using var server = await LinkServer.StartAsync();
        server.Script.Ask = (_, context) =>
        {
            context.ResponseTrailers.Add("from", "context");
            throw new RpcException(new Status(StatusCode.Aborted, "lost"), new Metadata { { "retry-after", "3" } });
        };

        var failure = await Assert.ThrowsAsync<RpcException>(async () => await server.Client.AskAsync(new Question()));

        Assert.Equal("context", failure.Trailers.GetValue("from"));
        Assert.Equal("3", failure.Trailers.GetValue("retry-after"));
    }

    [Fact]
    public async Task Headers_SentTwice_AreRefused()
    {
        await using var server = await LinkServer.StartAsync(options => options.EnableDetailedErrors = true);
        server.Script.Ask = async (_, context) =>
        {
            await context.WriteResponseHeadersAsync([]);
            await Assert.ThrowsAsync<InvalidOperationException>(() => context.WriteResponseHeadersAsync([]));
            return new Answer { Text = "refused" };
        };

        Assert.Equal("refused", (await server.Client.AskAsync(new Question())).Text);
    }

    [Theory]
    [InlineData("")]
    [InlineData("with space")]
    [InlineData("ünicode")]
    public void MetadataKey_ThatNoHeaderCanHave_IsRefused(string key) =>
        Assert.ThrowsAny<ArgumentException>(() => new Metadata { { key, "value" } });

    [Fact]
    public void MetadataKey_OfTheOtherKind_IsRefused()
    {
        Assert.Throws<ArgumentException>(() => new Metadata { { "text-bin", "value" } });
        Assert.Throws<ArgumentException>(() => new Metadata { { "bytes", new byte[] { 1 } } });
    }
}
