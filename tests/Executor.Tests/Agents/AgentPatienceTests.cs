using System.Net;
using Argosy.Executor.Agents;

namespace Argosy.Executor.Tests.Agents;

/// <summary>How long the executor waits for its agent, on a clock that passes by itself only while it pauses.</summary>
public sealed class AgentPatienceTests : IDisposable
{
    private static readonly TimeSpan ALittle = TimeSpan.FromSeconds(1);

    private readonly string _token = Path.GetTempFileName();
    private readonly PauseClock _clock = new();

    private static CancellationToken Patience => TestContext.Current.CancellationToken;

    [Fact]
    public async Task AddressThatDoesNotAnswerInTime_IsPassedOver()
    {
        using var agent = Agent(["http://10.0.0.1:1", "http://10.0.0.2:1"], request => request.RequestUri!.Host == "10.0.0.1" ? throw Late() : Answer("yes"));

        Assert.Equal("yes", await AskAsync(agent));
    }

    [Fact]
    public async Task AgentThatNeverAnswersInTime_IsWaitedForTenMinutes()
    {
        using var agent = Agent(["http://10.0.0.1:1"], _ => throw Late());

        var gone = await Assert.ThrowsAsync<AgentUnavailableException>(() => AskAsync(agent));

        Assert.Equal("the agent at 10.0.0.1:1 did not answer in time", gone.Message);
        Assert.InRange(_clock.Passed, TimeSpan.FromMinutes(10), TimeSpan.FromMinutes(11));
    }

    [Fact]
    public async Task Progress_IsToldAtTheAddressThatAnswers()
    {
        List<string> told = [];
        using var agent = Agent(["http://10.0.0.1:1", "http://10.0.0.2:1"], request =>
        {
            told.Add(request.RequestUri!.Host);
            return told.Count == 1 ? throw Late() : Answer("");
        });

        await agent.TellAsync("v1/progress", "1/2", Patience);

        Assert.Equal(["10.0.0.1", "10.0.0.2"], told);
    }

    [Fact]
    public async Task CallerThatGivesUp_IsToldSo()
    {
        using var given = new CancellationTokenSource();
        using var agent = Agent(["http://10.0.0.1:1"], _ =>
        {
            given.Cancel();
            throw Late();
        });

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => AskAsync(agent, given.Token));
    }

    [Fact]
    public async Task DownloadThatBreaksAfterMoreThanTenMinutes_IsBegunAgain()
    {
        var tries = 0;
        using var agent = Agent(["http://10.0.0.1:1"], _ => tries++ == 0 ? Answer(new LongBody(_clock, TimeSpan.FromMinutes(30))) : Answer("all of it"));

        Assert.Equal("all of it", await AskAsync(agent));
    }

    [Fact]
    public async Task UploadThatBreaksAfterMoreThanTenMinutes_IsBegunAgain()
    {
        var tries = 0;
        using var agent = Agent(["http://10.0.0.1:1"], request => Answer("stored"), async request =>
        {
            await request.Content!.CopyToAsync(Stream.Null, Patience);
            if (tries++ == 0)
            {
                throw new HttpRequestException("connection reset");
            }
        });

        var stored = await agent.AskAsync(HttpMethod.Put, "v1/outputs", () => new PackedContent(SendSlowlyAsync), ReadAsync, Patience);

        Assert.Equal(("stored", 2), (stored, tries));
    }

    [Fact]
    public async Task TransferThatAlwaysBreaksAtOnce_IsGivenUp()
    {
        using var agent = Agent(["http://10.0.0.1:1"], _ => Answer(new LongBody(_clock, TimeSpan.Zero)));

        await Assert.ThrowsAsync<AgentUnavailableException>(() => AskAsync(agent));

        Assert.InRange(_clock.Passed, TimeSpan.FromMinutes(10), TimeSpan.FromMinutes(11));
    }

    public void Dispose() => File.Delete(_token);

    private AgentClient Agent(string[] addresses, Func<HttpRequestMessage, HttpResponseMessage> answer, Func<HttpRequestMessage, Task>? before = null) =>
        new(addresses, _token, _clock, new Connections(answer, before ?? (_ => Task.CompletedTask)));

    private static Task<string> AskAsync(AgentClient agent, CancellationToken? cancellationToken = null) =>
        agent.AskAsync(HttpMethod.Get, "v1/inputs/data", () => null, ReadAsync, cancellationToken ?? Patience);

    private static async Task<string> ReadAsync(Stream body, CancellationToken cancellationToken)
    {
        using var reader = new StreamReader(body);
        return await reader.ReadToEndAsync(cancellationToken);
    }

    private async Task SendSlowlyAsync(Stream body, CancellationToken cancellationToken)
    {
        await body.WriteAsync(new byte[10], cancellationToken);
        _clock.Pass(TimeSpan.FromMinutes(30));
        await body.WriteAsync(new byte[10], cancellationToken);
    }

    // As SocketsHttpHandler says that its ConnectTimeout is over.
    private static TaskCanceledException Late() => new("A connection could not be established within the configured ConnectTimeout.", new TimeoutException());

    private static HttpResponseMessage Answer(string text) => Answer(new MemoryStream(System.Text.Encoding.UTF8.GetBytes(text)));

    private static HttpResponseMessage Answer(Stream body) => new(HttpStatusCode.OK)
    {
        Content = new StreamContent(body), Headers = { { AgentClient.Mark, "executors" } },
    };

    private sealed class Connections(Func<HttpRequestMessage, HttpResponseMessage> answer, Func<HttpRequestMessage, Task> before) : HttpMessageHandler
    {
        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            await before(request);
            return answer(request);
        }
    }

    /// <summary>Two bytes, so much time apart, before the connection breaks.</summary>
    private sealed class LongBody(PauseClock clock, TimeSpan takes) : Argosy.Packing.ReadOnlyStream
    {
        private int _reads;

        public override int Read(Span<byte> buffer)
        {
            switch (_reads++)
            {
                case 0:
                    buffer[0] = 1;
                    return 1;
                case 1:
                    clock.Pass(takes);
                    buffer[0] = 2;
                    return 1;
                default:
                    clock.Pass(ALittle);
                    throw new IOException("connection reset");
            }
        }

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => new(Read(buffer.Span));
    }

    /// <summary>Pauses are over at once, and the clock is later by them; what limits a try never comes.</summary>
    private sealed class PauseClock : TimeProvider
    {
        public TimeSpan Passed { get; private set; }

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => Passed.Ticks;

        public void Pass(TimeSpan time) => Passed += time;

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            if (state is CancellationTokenSource)
            {
                return System.CreateTimer(callback, state, Timeout.InfiniteTimeSpan, period);
            }

            Pass(dueTime);
            return System.CreateTimer(callback, state, TimeSpan.Zero, period);
        }
    }
}
