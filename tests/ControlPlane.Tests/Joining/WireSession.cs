using System.Runtime.CompilerServices;
using Argosy.Contracts.Agents;
using Grpc.Core;

namespace Argosy.ControlPlane.Tests.Joining;

/// <summary>A session as an agent in a real cluster has it.</summary>
internal sealed class WireSession : IAgentSession
{
    private readonly AsyncDuplexStreamingCall<AgentMessage, HubMessage> call;
    private readonly TaskCompletionSource<Status> end = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private WireSession(AsyncDuplexStreamingCall<AgentMessage, HubMessage> call) => this.call = call;

    /// <summary>How the session ended; completes while someone receives.</summary>
    public Task<Status> End => end.Task.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);

    public static async Task<WireSession> OpenAsync(AgentLink.AgentLinkClient client, Hello hello)
    {
        var session = new WireSession(client.Connect());
        await session.SendAsync(new AgentMessage { Hello = hello }, TestContext.Current.CancellationToken);
        return session;
    }

    public async IAsyncEnumerable<HubMessage> ReceiveAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        while (await MovesAsync(cancellationToken))
        {
            yield return call.ResponseStream.Current;
        }
    }

    /// <summary>Receives until the end, and answers what it was.</summary>
    public async Task<Status> EndsAsync()
    {
        while (await MovesAsync(TestContext.Current.CancellationToken))
        {
        }

        return await End;
    }

    /// <summary>Waits for the hub's first word.</summary>
    public async Task<Welcome> IsWelcomedAsync() =>
        await MovesAsync(TestContext.Current.CancellationToken) ? call.ResponseStream.Current.Welcome : throw new RpcException(await End);

    public async ValueTask SendAsync(AgentMessage message, CancellationToken cancellationToken)
    {
        try
        {
            await call.RequestStream.WriteAsync(message, CancellationToken.None);
        }
        catch (Exception over) when (over is RpcException or InvalidOperationException)
        {
            // The reader has the status.
        }
    }

    public ValueTask DisposeAsync()
    {
        call.Dispose();
        return ValueTask.CompletedTask;
    }

    private async Task<bool> MovesAsync(CancellationToken cancellationToken)
    {
        try
        {
            if (await call.ResponseStream.MoveNext(cancellationToken))
            {
                return true;
            }

            end.TrySetResult(call.GetStatus());
        }
        catch (RpcException over)
        {
            end.TrySetResult(over.Status);
        }

        return false;
    }
}
