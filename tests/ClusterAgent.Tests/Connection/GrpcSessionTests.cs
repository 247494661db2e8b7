using Argosy.Contracts.Agents;
using Grpc.Core;

namespace Argosy.ClusterAgent.Tests.Connection;

/// <summary>The session with a hub from afar, over TLS.</summary>
public sealed class GrpcSessionTests
{
    private static CancellationToken Patience => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Session_SaysHelloAsItsIdentity_HearsTheWelcomeFirst_AndWhatFollowsInOrder()
    {
        await using var test = await LinkTest.StartAsync();
        await using var session = await test.ConnectAsync();
        await using var says = session.ReceiveAsync(Patience).GetAsyncEnumerator(Patience);
        await session.SendAsync(new AgentMessage { Number = 1, Accepted = new AttemptKey { NodeId = "a" } }, Patience);
        test.Hub.Script.Say(new HubMessage { Forget = "one" });
        test.Hub.Script.Say(new HubMessage { Forget = "two" });

        var opened = await test.Hub.Script.Sessions.Reader.ReadAsync(Patience);
        var heard = await test.Hub.Script.HearsAsync(message => message.Accepted is not null);
        HubMessage[] said = [await NextAsync(says), await NextAsync(says), await NextAsync(says)];

        Assert.Equal(("gpu", test.Current.Value!.Certificate.Thumbprint), (opened.Hello.Cluster, opened.Thumbprint));
        Assert.Equal("a", heard.Accepted.NodeId);
        Assert.Equal(1UL, said[0].Welcome.Epoch);
        Assert.Equal(["one", "two"], said[1..].Select(message => message.Forget));
    }

    [Theory]
    [InlineData(StatusCode.PermissionDenied)]
    [InlineData(StatusCode.Unauthenticated)]
    public async Task HubRefuses_Connecting_ThrowsItsWords_AndTheIdentityIsKnownToBeRefused(StatusCode code)
    {
        await using var test = await LinkTest.StartAsync(new HubScript { Refusal = new Status(code, "the certificate was revoked: join again") });

        var refusal = await Assert.ThrowsAsync<HubRefusedException>(test.ConnectAsync);

        Assert.Equal("the certificate was revoked: join again", refusal.Message);
        Assert.True(test.Current.TakeRefusal());
    }

    [Fact]
    public async Task HubRevokes_InTheMidst_EndsTheSessionWithItsWords()
    {
        await using var test = await LinkTest.StartAsync();
        await using var session = await test.ConnectAsync();
        await using var says = session.ReceiveAsync(Patience).GetAsyncEnumerator(Patience);
        await NextAsync(says);

        test.Hub.Script.BreakSession(HubScript.Failure(StatusCode.Unauthenticated, "revoked"));

        var refusal = await Assert.ThrowsAsync<HubRefusedException>(async () => await says.MoveNextAsync());
        Assert.Equal("revoked", refusal.Message);
    }

    [Fact]
    public async Task AnotherSessionTookOver_IsHeardAsTheLastMessage_AlsoWhenAWriteFailedBefore()
    {
        await using var test = await LinkTest.StartAsync();
        await using var session = await test.ConnectAsync();
        await using var says = session.ReceiveAsync(Patience).GetAsyncEnumerator(Patience);
        await NextAsync(says);

        test.Hub.Script.BreakSession(HubScript.Failure(StatusCode.Aborted, "a newer session of gpu"));
        var write = FailingWriteAsync(session);

        Assert.Equal("a newer session of gpu", (await NextAsync(says)).Superseded);
        Assert.False(write.IsCompleted); // it waits until the reader has told why
        Assert.False(await says.MoveNextAsync());
        await write;
    }

    [Fact]
    public async Task HubEndsTheSession_TheSessionEnds()
    {
        await using var test = await LinkTest.StartAsync();
        await using var session = await test.ConnectAsync();
        await using var says = session.ReceiveAsync(Patience).GetAsyncEnumerator(Patience);
        await NextAsync(says);

        test.Hub.Script.EndSession();

        Assert.False(await says.MoveNextAsync());
    }

    [Fact]
    public async Task HubDies_TheSessionFails_AndTheNextConnectsToTheHubThatCameBack()
    {
        await using var test = await LinkTest.StartAsync();
        await using var session = await test.ConnectAsync();
        await using var says = session.ReceiveAsync(Patience).GetAsyncEnumerator(Patience);
        await NextAsync(says);

        await test.Hub.StopAsync();
        await Assert.ThrowsAnyAsync<IOException>(async () => await says.MoveNextAsync());
        await Assert.ThrowsAnyAsync<IOException>(test.ConnectAsync);
        await test.Hub.StartAsync();

        await using var again = await test.ConnectAsync();
        await using var saysAgain = again.ReceiveAsync(Patience).GetAsyncEnumerator(Patience);
        Assert.Equal(2UL, (await NextAsync(saysAgain)).Welcome.Epoch);
    }

    [Fact]
    public async Task IdentityIsReplaced_TheSessionEndsOfItself_AndTheNextShowsTheNewOne()
    {
        await using var test = await LinkTest.StartAsync();
        await using var session = await test.ConnectAsync();
        await using var says = session.ReceiveAsync(Patience).GetAsyncEnumerator(Patience);
        await NextAsync(says);
        await test.Hub.Script.Sessions.Reader.ReadAsync(Patience);

        var renewed = LinkTest.IdentityOf(test.Hub.Script);
        test.Current.Set(renewed);

        Assert.False(await says.MoveNextAsync());
        await using var again = await test.ConnectAsync();
        Assert.Equal(renewed.Certificate.Thumbprint, (await test.Hub.Script.Sessions.Reader.ReadAsync(Patience)).Thumbprint);
    }

    [Fact]
    public async Task Cancelled_Receiving_IsCancelled()
    {
        await using var test = await LinkTest.StartAsync();
        await using var session = await test.ConnectAsync();
        using var ends = new CancellationTokenSource();
        await using var says = session.ReceiveAsync(ends.Token).GetAsyncEnumerator(Patience);
        await NextAsync(says);
        var next = says.MoveNextAsync();

        await ends.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await next);
    }

    private static async Task FailingWriteAsync(IAgentSession session)
    {
        while (true)
        {
            try
            {
                await session.SendAsync(new AgentMessage { Heartbeat = new Heartbeat() }, Patience);
            }
            catch (IOException)
            {
                return;
            }
        }
    }

    private static async Task<HubMessage> NextAsync(IAsyncEnumerator<HubMessage> says)
    {
        Assert.True(await says.MoveNextAsync());
        return says.Current;
    }
}
