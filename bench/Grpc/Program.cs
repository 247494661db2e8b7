using System.Diagnostics;
using System.Net;
using System.Text.Json;
using Argosy.Bench;
using Argosy.Bench.GrpcLoad;
using Google.Protobuf;
using Grpc.Core;
using Grpc.Net.Client;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;

// Measures gRPC over a loopback connection in the clear, client and server in this process. Prints one JSON object.
// First argument: how many unary calls, and ten times as many messages of streams (default 100,000).
var calls = args.Length > 0 ? int.Parse(args[0], System.Globalization.CultureInfo.InvariantCulture) : 100_000;
var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
    kestrel.Listen(IPAddress.Loopback, 0, endpoint => endpoint.Protocols = HttpProtocols.Http2));
builder.Services.AddGrpc();
await using var app = builder.Build();
app.MapGrpcService<LoadService>();
await app.StartAsync();
using var channel = GrpcChannel.ForAddress(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single());
var client = new Load.LoadClient(channel);

await AskAsync(50, calls / 10);
await Task.WhenAll(DownAsync(calls, 100), UpAsync(calls, 100), TalkAsync(calls / 10));
Console.WriteLine(JsonSerializer.Serialize(new
{
    machine = Machine.Describe(),
    unaryCallsPerSecondOneAtATime = await RateAsync(calls / 5, () => AskAsync(1, calls / 5)),
    unaryCallsPerSecondFiftyAtATime = await RateAsync(calls, () => AskAsync(50, calls)),
    messagesPerSecondDown = await RateAsync(10 * calls, () => DownAsync(10 * calls, 100)),
    messagesPerSecondUp = await RateAsync(10 * calls, () => UpAsync(10 * calls, 100)),
    questionsAndAnswersPerSecondInOneStream = await RateAsync(calls / 5, () => TalkAsync(calls / 5)),
    megabytesPerSecondDown = await RateAsync(1000, () => DownAsync(16_000, 62_500)),
}));

static async Task<long> RateAsync(int count, Func<Task> work)
{
    var clock = Stopwatch.StartNew();
    await work();
    return (long)(count / clock.Elapsed.TotalSeconds);
}

Task AskAsync(int atOnce, int count)
{
    var question = new Message { Data = ByteString.CopyFrom(new byte[100]) };
    return Task.WhenAll(Enumerable.Range(0, atOnce).Select(async _ =>
    {
        for (var call = 0; call < count / atOnce; call++)
        {
            await client.AskAsync(question);
        }
    }));
}

async Task DownAsync(int count, int bytes)
{
    using var call = client.Down(new Order { Count = count, MessageBytes = bytes });
    while (await call.ResponseStream.MoveNext())
    {
    }
}

async Task UpAsync(int count, int bytes)
{
    using var call = client.Up();
    var message = new Message { Data = ByteString.CopyFrom(new byte[bytes]) };
    for (var sent = 0; sent < count; sent++)
    {
        await call.RequestStream.WriteAsync(message);
    }

    await call.RequestStream.CompleteAsync();
    await call;
}

async Task TalkAsync(int count)
{
    using var call = client.Talk();
    var message = new Message { Data = ByteString.CopyFrom(new byte[100]) };
    for (var sent = 0; sent < count; sent++)
    {
        await call.RequestStream.WriteAsync(message);
        await call.ResponseStream.MoveNext();
    }

    await call.RequestStream.CompleteAsync();
}

internal sealed class LoadService : Load.LoadBase
{
    public override Task<Message> Ask(Message request, ServerCallContext context) => Task.FromResult(request);

    public override async Task Down(Order request, IServerStreamWriter<Message> responseStream, ServerCallContext context)
    {
        var message = new Message { Data = ByteString.CopyFrom(new byte[request.MessageBytes]) };
        for (var sent = 0; sent < request.Count; sent++)
        {
            await responseStream.WriteAsync(message);
        }
    }

    public override async Task<Order> Up(IAsyncStreamReader<Message> requestStream, ServerCallContext context)
    {
        var order = new Order();
        while (await requestStream.MoveNext())
        {
            order.Count++;
        }

        return order;
    }

    public override async Task Talk(IAsyncStreamReader<Message> requestStream, IServerStreamWriter<Message> responseStream, ServerCallContext context)
    {
        while (await requestStream.MoveNext())
        {
            await responseStream.WriteAsync(requestStream.Current);
        }
    }
}
