using Argosy.Contracts.Agents;
using Argosy.ControlPlane.Joining;
using Grpc.Core;

namespace Argosy.ControlPlane.Dispatch;

/// <summary>One session over the wire: the agent's Hello, then both directions until one of them ends.</summary>
internal sealed class LinkSession(MemberCall call, HubLink hub, LogRelay logs, TimeSpan longestSilence, TimeProvider time)
{
    private const string MemberUidFact = "member-uid";

    private string? superseded;

    /// <exception cref="RpcException">Why the hub ended it.</exception>
    public async Task LiveAsync(IAsyncStreamReader<AgentMessage> said, IServerStreamWriter<HubMessage> heard)
    {
        // A connection that was cut without a word looks like silence.
        using var silence = new CancellationTokenSource(longestSilence, time);
        using var life = CancellationTokenSource.CreateLinkedTokenSource(call.Life, silence.Token);
        try
        {
            var hello = await ReadHelloAsync(said, life.Token);
            using var services = new RelayedLogs(logs, call.Member.Cluster, time);
            await using var session = await hub.OpenAsync(hello, services, call.Member.NotAfter, life.Token);
            services.Begin(session);
            await ConverseAsync(session, said, heard, silence, life);
        }
        catch (Exception) when (silence.IsCancellationRequested)
        {
            throw new RpcException(new Status(StatusCode.Unavailable, $"nothing was heard from cluster '{call.Member.Cluster}' for {longestSilence}"));
        }
    }

    private async Task ConverseAsync(
        AgentSession session, IAsyncStreamReader<AgentMessage> said, IServerStreamWriter<HubMessage> heard, CancellationTokenSource silence,
        CancellationTokenSource life)
    {
        var hearing = TellAsync(session, heard, life.Token);
        var telling = HearAsync(session, said, silence, life.Token);
        var first = await Task.WhenAny(hearing, telling);
        await life.CancelAsync();
        await Task.WhenAll(hearing, telling).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (superseded is not null)
        {
            throw new RpcException(new Status(StatusCode.Aborted, superseded));
        }

        await first;
        if (first == hearing)
        {
            throw new RpcException(new Status(StatusCode.Unavailable, "the hub could not store a report and ended the session: open another"));
        }
    }

    private async Task<Hello> ReadHelloAsync(IAsyncStreamReader<AgentMessage> said, CancellationToken cancellationToken)
    {
        if (!await said.MoveNext(cancellationToken) || said.Current.Hello is not { } hello)
        {
            throw new RpcException(new Status(StatusCode.InvalidArgument, "the first message of a session must be the agent's Hello"));
        }

        var member = call.Member;
        if (hello.Cluster != member.Cluster)
        {
            throw JoiningErrors.HelloOfAnother(member.Cluster, hello.Cluster);
        }

        return hello.Facts.TryGetValue(MemberUidFact, out var uid) && uid != member.MemberUid
            ? throw JoiningErrors.OtherMember(member.Cluster, member.MemberUid, uid)
            : hello;
    }

    private async Task TellAsync(AgentSession session, IServerStreamWriter<HubMessage> heard, CancellationToken cancellationToken)
    {
        await foreach (var message in session.ReceiveAsync(cancellationToken))
        {
            await heard.WriteAsync(message, cancellationToken);
            if (message.BodyCase == HubMessage.BodyOneofCase.Superseded)
            {
                superseded = message.Superseded;
            }
        }
    }

    private async Task HearAsync(
        AgentSession session, IAsyncStreamReader<AgentMessage> said, CancellationTokenSource silence, CancellationToken cancellationToken)
    {
        while (await said.MoveNext(cancellationToken))
        {
            silence.CancelAfter(longestSilence);
            await session.SendAsync(said.Current, cancellationToken);
        }
    }
}
