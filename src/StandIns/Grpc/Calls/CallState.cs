namespace Grpc.Core;

/// <summary>What every kind of call lets its caller ask and do.</summary>
internal sealed class CallState(Func<Task<Metadata>> responseHeaders, Func<Status> status, Func<Metadata> trailers, Action dispose)
{
    private Task<Metadata>? asked;

    public Task<Metadata> ResponseHeadersAsync => asked ??= responseHeaders();

    public Status GetStatus() => status();

    public Metadata GetTrailers() => trailers();

    public void Dispose() => dispose();
}
