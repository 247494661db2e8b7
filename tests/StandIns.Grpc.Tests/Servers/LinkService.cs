using Argosy.StandIns.Grpc.Tests.Link;
using Grpc.Core;

namespace Argosy.StandIns.Grpc.Tests.Servers;

/// <summary>A service as anyone would write it; made for each call.</summary>
internal sealed class LinkService(LinkScript script) : Link.Link.LinkBase
{
    public override Task<Answer> Ask(Question request, ServerCallContext context) => script.Ask(request, context);

    public override Task<Total> Collect(IAsyncStreamReader<Chunk> requestStream, ServerCallContext context) =>
        script.Collect(requestStream, context);

    public override Task Produce(Order request, IServerStreamWriter<Chunk> responseStream, ServerCallContext context) =>
        script.Produce(request, responseStream, context);

    public override Task Talk(IAsyncStreamReader<Question> requestStream, IServerStreamWriter<Answer> responseStream, ServerCallContext context) =>
        script.Talk(requestStream, responseStream, context);
}
