using System.Runtime.CompilerServices;
using Argosy.Contracts.Agents;
using Grpc.Core;
using Microsoft.Extensions.Logging;

namespace Argosy.ClusterAgent.Connection;

/// <summary>
/// One session with a hub from afar. Orders for logs never leave it: each is answered by a call of its own. It ends of itself when the agent gets
/// another identity, so that the next one shows that.
/// </summary>
internal sealed class GrpcSession : IAgentSession
{
    private static readonly TimeSpan WelcomeWithin = TimeSpan.FromSeconds(30);

    private readonly AsyncDuplexStreamingCall<AgentMessage, HubMessage> _call;
    private readonly LogRelays _logs;
    private readonly CancellationToken _replaced;
    private readonly TaskCompletionSource _heardTheEnd = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private bool _superseded;

    private GrpcSession(AsyncDuplexStreamingCall<AgentMessage, HubMessage> call, LogRelays logs, CancellationToken replaced) =>
        (_call, _logs, _replaced) = (call, logs, replaced);

    /// <summary>Says hello and waits until the hub has answered, whatever it answers.</summary>
    /// <exception cref="RpcException">The hub refused, or cannot be reached.</exception>
    public static async Task<GrpcSession> OpenAsync(
        HubConnections hub, Hello hello, IAgentServices services, TimeProvider time, ILogger logger, CancellationToken cancellationToken)
    {
        using var patience = new CancellationTokenSource(WelcomeWithin, time);
        using var opening = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, patience.Token);
        var session = new GrpcSession(hub.Session.Connect(cancellationToken: CancellationToken.None), new LogRelays(hub.Logs, services, logger), hub.Replaced);
        try
        {
            await session.HelloAsync(hello, opening.Token);
            return session;
        }
        catch (Exception failure)
        {
            await session.DisposeAsync();
            if (failure is RpcException && patience.IsCancellationRequested)
            {
                throw new TimeoutException($"the hub has not welcomed the agent within {WelcomeWithin.TotalSeconds:0} s");
            }

            throw;
        }
    }

    public async IAsyncEnumerable<HubMessage> ReceiveAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var ends = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _replaced);
        try
        {
            for (HubMessage? message = _call.ResponseStream.Current; message is not null; message = await NextAsync(ends.Token, cancellationToken))
            {
                if (message.BodyCase == HubMessage.BodyOneofCase.SendLog)
                {
                    _logs.Begin(message.SendLog);
                }
                else
                {
                    yield return message;
                }
            }
        }
        finally
        {
            _heardTheEnd.TrySetResult();
        }
    }

    public async ValueTask SendAsync(AgentMessage message, CancellationToken cancellationToken)
    {
        try
        {
            await _call.RequestStream.WriteAsync(message, cancellationToken);
        }
        catch (RpcException failure)
        {
            // Why the session ended is the hub's to say, and perhaps it has said so already; what failed here is only the consequence.
            await _heardTheEnd.Task.WaitAsync(cancellationToken);
            throw HubFailure.Translate(failure, "hearing the agent", cancellationToken);
        }
    }

    public async ValueTask DisposeAsync()
    {
        _heardTheEnd.TrySetResult();
        _call.Dispose();
        await _logs.DisposeAsync();
    }

    private async Task HelloAsync(Hello hello, CancellationToken cancellationToken)
    {
        try
        {
            await _call.RequestStream.WriteAsync(new AgentMessage { Hello = hello }, cancellationToken);
        }
        catch (RpcException)
        {
            // The reader knows better why.
        }

        if (!await _call.ResponseStream.MoveNext(cancellationToken))
        {
            throw new IOException("the hub ended the session before it had begun");
        }
    }

    /// <summary>Null at the end of the session.</summary>
    private async Task<HubMessage?> NextAsync(CancellationToken ends, CancellationToken cancellationToken)
    {
        if (_superseded)
        {
            return null;
        }

        try
        {
            return await _call.ResponseStream.MoveNext(ends) ? _call.ResponseStream.Current : null;
        }
        catch (RpcException) when (_replaced.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            return null;
        }
        catch (RpcException failure) when (failure.StatusCode == StatusCode.Aborted && !cancellationToken.IsCancellationRequested)
        {
            _superseded = true;
            return new HubMessage { Superseded = failure.Status.Detail };
        }
        catch (RpcException failure)
        {
            throw HubFailure.Translate(failure, "speaking to the agent", cancellationToken);
        }
    }
}
