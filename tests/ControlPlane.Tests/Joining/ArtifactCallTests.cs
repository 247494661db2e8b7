using System.Security.Cryptography;
using Argosy.Contracts.Agents;
using Argosy.ControlPlane.Tests.Workflows;
using Google.Protobuf;
using Grpc.Core;

namespace Argosy.ControlPlane.Tests.Joining;

/// <summary>Artifact bytes over the wire, beside the session.</summary>
public sealed class ArtifactCallTests : IAsyncLifetime
{
    private const string OneStep =
        """
        {"entrypoint":"main","arguments":{"artifacts":[{"name":"given","http":{"url":"http://127.0.0.1:9/given"}}]},"templates":[{"name":"main","container":{"image":"busybox","command":["true"]},
          "inputs":{"artifacts":[{"name":"given","path":"/given"}]},
          "outputs":{"artifacts":[
            {"name":"big","path":"/big","archive":{"none":{}},"embedded":{"key":"big"}},
            {"name":"small","path":"/small","embedded":{"key":"small"}},
            {"name":"half","path":"/half","embedded":{"key":"half"}},
            {"name":"x","path":"/x","embedded":{"key":"x"}},
            {"name":"missing","path":"/missing","embedded":{"key":"missing"}},
            {"name":"taped","path":"/taped","hdfs":{"addresses":["a"],"path":"/tape"}}]}}]}
        """;
    private const int PartBytes = 256 * 1024;

    private HubUnderTest hub = null!;
    private Cluster cluster = null!;
    private ScriptedAgent agent = null!;
    private AttemptKey attempt = null!;

    public async ValueTask InitializeAsync()
    {
        hub = await HubUnderTest.StartAsync("gpu", listensForAgents: true);
        cluster = await Cluster.JoinedAsync(hub, "gpu");
        agent = ScriptedAgent.Over(await cluster.ConnectsAsync());
        await hub.CreateAsync("wf", OneStep);
        attempt = (await agent.IsAskedToRunAsync()).Key;
    }

    public async ValueTask DisposeAsync()
    {
        await agent.DisposeAsync();
        cluster.Dispose();
        await hub.DisposeAsync();
    }

    [Fact]
    public async Task LargeArtifact_TravelsBothWays_WithoutBeingHeld()
    {
        const int parts = 128 * 1024 * 1024 / PartBytes;
        var before = GC.GetTotalMemory(forceFullCollection: true);
        var most = 0L;
        void Look(int part)
        {
            if (part % 64 == 0)
            {
                most = Math.Max(most, GC.GetTotalMemory(forceFullCollection: true) - before);
            }
        }

        using var storing = cluster.Link().StoreArtifact();
        await storing.RequestStream.WriteAsync(new StorePart { Artifact = Request("big") });
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var bytes = new byte[PartBytes];
        for (var part = 0; part < parts; part++)
        {
            bytes.AsSpan().Fill((byte)part);
            hash.AppendData(bytes);
            await storing.RequestStream.WriteAsync(new StorePart { Data = ByteString.CopyFrom(bytes) });
            Look(part);
        }

        await storing.RequestStream.CompleteAsync();
        var stored = await storing;
        var digest = Convert.ToHexStringLower(hash.GetHashAndReset());
        Assert.Equal((digest, (long)parts * PartBytes), (stored.Digest, stored.Size));

        using var opened = cluster.Link().OpenArtifact(Request("big", digest));
        for (var part = 0; await opened.ResponseStream.MoveNext(default); part++)
        {
            hash.AppendData(opened.ResponseStream.Current.Data.Span);
            Look(part);
        }

        Assert.Equal(digest, Convert.ToHexStringLower(hash.GetHashAndReset()));
        Assert.InRange(most, long.MinValue, 96 * 1024 * 1024); // other tests take some meanwhile
    }

    [Fact]
    public async Task DamagedArtifact_IsDataLoss_AndAMissingOneNotFound()
    {
        using var storing = cluster.Link().StoreArtifact();
        await storing.RequestStream.WriteAsync(new StorePart { Artifact = Request("small") });
        await storing.RequestStream.WriteAsync(new StorePart { Data = ByteString.CopyFromUtf8("bytes") });
        await storing.RequestStream.CompleteAsync();
        var stored = await storing;
        var expected = new string('0', 64);

        var damaged = await FailsAsync(Request("small", expected));

        Assert.Equal(StatusCode.DataLoss, damaged.StatusCode);
        Assert.Equal((expected, stored.Digest), (damaged.Trailers.GetValue("digest-expected"), damaged.Trailers.GetValue("digest-actual")));
        Assert.Equal(StatusCode.NotFound, (await FailsAsync(Request("missing"))).StatusCode);
        var nowhere = Request("x");
        nowhere.Artifact.LocationJson = """{"hdfs":{"addresses":["a"],"path":"/tape"}}""";
        Assert.Equal(StatusCode.FailedPrecondition, (await FailsAsync(nowhere)).StatusCode);
    }

    [Fact]
    public async Task UploadThatBreaksOff_LeavesNothing()
    {
        using (var storing = cluster.Link().StoreArtifact())
        {
            await storing.RequestStream.WriteAsync(new StorePart { Artifact = Request("half") });
            await storing.RequestStream.WriteAsync(new StorePart { Data = ByteString.CopyFrom(new byte[PartBytes]) });
        }

        Assert.Equal(StatusCode.NotFound, (await FailsAsync(Request("half"))).StatusCode);
    }

    [Fact]
    public async Task AnotherClustersAttempt_IsRefused_ForEveryCall_AndSoIsAnotherNamespace()
    {
        using var other = await Cluster.JoinedAsync(hub, "gpu2");
        var elsewhere = Request("x");
        elsewhere.Attempt.Namespace = "kube-system";
        var later = Request("x");
        later.Attempt.Attempt++;
        var unknown = Request("x");
        unknown.Attempt.WorkflowUid = "nobody";
        foreach (var (caller, request) in new[] { (other, Request("x")), (cluster, elsewhere), (cluster, later), (cluster, unknown) })
        {
            Assert.Equal(StatusCode.PermissionDenied, (await FailsAsync(request, caller)).StatusCode);
            var listing = await Assert.ThrowsAsync<RpcException>(async () => await caller.Link().ListArtifactAsync(request));
            Assert.Equal(StatusCode.PermissionDenied, listing.StatusCode);
            Assert.Equal(StatusCode.PermissionDenied, (await Assert.ThrowsAsync<RpcException>(() => StoresNothingAsync(request, caller))).StatusCode);
        }
    }

    [Theory]
    [InlineData("""{"embedded":{"key":"small"}}""", true, true)]
    [InlineData("""{"embedded":{"key":"small"},"archive":{"none":{}}}""", true, true)]
    [InlineData("""{"http":{"url":"http://127.0.0.1:9/given"}}""", true, false)]
    [InlineData("""{"embedded":{"key":"others"}}""", false, false)]
    [InlineData("""{"embedded":{"key":"small","more":1}}""", false, false)]
    [InlineData("""{"embedded":{"key":"others"},"hdfs":{"addresses":["a"],"path":"/tape"}}""", false, false)]
    [InlineData("""{"s3":{"key":"small"}}""", false, false)]
    [InlineData("""{}""", false, false)]
    [InlineData("""no JSON""", false, false)]
    public async Task ArtifactThatTheAttemptDoesNotDeclare_IsRefused(string location, bool mayRead, bool mayWrite)
    {
        var request = Request("");
        request.Artifact.LocationJson = location;

        Assert.Equal(mayRead, (await FailsAsync(request)).StatusCode != StatusCode.PermissionDenied); // there is nothing at any of these places
        if (mayWrite)
        {
            await StoresNothingAsync(request);
        }
        else
        {
            Assert.Equal(StatusCode.PermissionDenied, (await Assert.ThrowsAsync<RpcException>(() => StoresNothingAsync(request))).StatusCode);
        }
    }

    [Fact]
    public async Task OutputsThatOverflow_AreTheAttemptsOwn_AndGoWhenItIsLetGo()
    {
        var request = Request("");
        request.Artifact.LocationJson = AttemptOutputs.LocationOf(attempt).ToJsonString();
        using var storing = cluster.Link().StoreArtifact();
        await storing.RequestStream.WriteAsync(new StorePart { Artifact = request });
        await storing.RequestStream.WriteAsync(new StorePart { Data = ByteString.CopyFromUtf8("{}") });
        await storing.RequestStream.CompleteAsync();
        await storing;
        var anothers = Request("");
        anothers.Artifact.LocationJson = AttemptOutputs.LocationOf(new AttemptKey(attempt) { NodeId = "another" }).ToJsonString();

        Assert.Equal(StatusCode.PermissionDenied, (await FailsAsync(anothers)).StatusCode);
        await agent.ReportsAsync(attempt, PodPhase.PodSucceeded);

        await agent.HearsAsync(HubMessage.BodyOneofCase.Release);
        for (var looks = 0; await OpensAsync(request); looks++)
        {
            Assert.True(looks < 1000, "the outputs are still there");
        }
    }

    [Fact]
    public async Task RevokedCluster_LosesItsTransfersToo()
    {
        using var storing = cluster.Link().StoreArtifact();
        await storing.RequestStream.WriteAsync(new StorePart { Artifact = Request("x") });
        await storing.RequestStream.WriteAsync(new StorePart { Data = ByteString.CopyFromUtf8("bytes") });

        await cluster.RevokedAsync();

        var cut = await Assert.ThrowsAsync<RpcException>(async () => await storing.ResponseAsync.WaitAsync(TimeSpan.FromSeconds(1)));
        Assert.Equal(StatusCode.Unauthenticated, cut.StatusCode);
    }

    private ArtifactRequest Request(string key, string digest = "") => new()
    {
        Attempt = attempt.Clone(),
        Artifact = new ArtifactTransfer { Name = "a", LocationJson = $$"""{"embedded":{"key":"{{key}}"} }""", Digest = digest },
    };

    /// <summary>Stores an artifact without bytes; a refusal may come while they are still being said.</summary>
    private async Task StoresNothingAsync(ArtifactRequest request, Cluster? caller = null)
    {
        using var storing = (caller ?? cluster).Link().StoreArtifact();
        await storing.RequestStream.WriteAsync(new StorePart { Artifact = request });
        await storing.RequestStream.CompleteAsync();
        await storing;
    }

    private async Task<bool> OpensAsync(ArtifactRequest request)
    {
        try
        {
            using var call = cluster.Link().OpenArtifact(request);
            return await call.ResponseStream.MoveNext(default);
        }
        catch (RpcException missing) when (missing.StatusCode == StatusCode.NotFound)
        {
            return false;
        }
    }

    private async Task<RpcException> FailsAsync(ArtifactRequest request, Cluster? caller = null)
    {
        using var call = (caller ?? cluster).Link().OpenArtifact(request);
        return await Assert.ThrowsAsync<RpcException>(async () =>
        {
            while (await call.ResponseStream.MoveNext(default))
            {
            }
        });
    }
}
