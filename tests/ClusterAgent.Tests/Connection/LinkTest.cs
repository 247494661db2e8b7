using System.Runtime.CompilerServices;
using System.Security.Cryptography.X509Certificates;
using System.Threading.Channels;
using Argosy.ClusterAgent.Connection;
using Argosy.ClusterAgent.Identity;
using Argosy.Contracts.Agents;
using Google.Protobuf;
using Microsoft.Extensions.Logging.Abstractions;

namespace Argosy.ClusterAgent.Tests.Connection;

/// <summary>A remote hub and the link of an agent that it has certified.</summary>
internal sealed class LinkTest : IAsyncDisposable
{
    private LinkTest(RemoteHub hub, HubDialer dialer, CurrentIdentity current)
    {
        (Hub, Current) = (hub, current);
        Link = new GrpcHubLink(dialer, current, TimeProvider.System, NullLogger<GrpcHubLink>.Instance);
    }

    public static CancellationToken Patience => TestContext.Current.CancellationToken;

    public RemoteHub Hub { get; }

    public CurrentIdentity Current { get; }

    public GrpcHubLink Link { get; }

    public TestServices Services { get; } = new();

    public static async Task<LinkTest> StartAsync(HubScript? script = null, Func<Uri, HubDialer>? dial = null)
    {
        var hub = await RemoteHub.StartAsync(script);
        var current = new CurrentIdentity();
        current.Set(IdentityOf(hub.Script));
        return new LinkTest(hub, dial is null ? new HubDialer(hub.Address, TimeProvider.System) : dial(hub.Address), current);
    }

    public static HubIdentity IdentityOf(HubScript script)
    {
        using var key = HubIdentity.NewKey();
        var request = new CertificateRequest("CN=any", key, System.Security.Cryptography.HashAlgorithmName.SHA256).CreateSigningRequest();
        return HubIdentity.Make("uid-of-cluster", script.Certify(ByteString.CopyFrom(request)).CertificateChain, key, script.Authority.Pem);
    }

    public Task<IAgentSession> ConnectAsync() => Link.ConnectAsync(new Hello { Cluster = "gpu" }, Services, Patience);

    public async ValueTask DisposeAsync()
    {
        Link.Dispose();
        await Hub.DisposeAsync();
    }

    /// <summary>Logs that the test writes line by line, and whether somebody still reads them.</summary>
    internal sealed class TestServices : IAgentServices
    {
        public Channel<LogLine> Lines { get; } = Channel.CreateUnbounded<LogLine>();

        private readonly Channel<LogLine> _taken = Channel.CreateUnbounded<LogLine>();

        public TaskCompletionSource Cancelled { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        /// <summary>Waits until so many lines were taken.</summary>
        public async Task TakenAsync(int lines)
        {
            for (; lines > 0; lines--)
            {
                await _taken.Reader.ReadAsync(Patience).AsTask().WaitAsync(TimeSpan.FromSeconds(30), Patience);
            }
        }

        public async IAsyncEnumerable<LogLine> ReadLogAsync(LogRequest request, [EnumeratorCancellation] CancellationToken cancellationToken)
        {
            try
            {
                await foreach (var line in Lines.Reader.ReadAllAsync(cancellationToken))
                {
                    yield return line;
                    _taken.Writer.TryWrite(line);
                }
            }
            finally
            {
                if (cancellationToken.IsCancellationRequested)
                {
                    Cancelled.TrySetResult();
                }
            }
        }
    }
}
