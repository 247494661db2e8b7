using System.Security.Cryptography;
using Argosy.ClusterAgent.Connection;
using Argosy.Contracts.Agents;
using Google.Protobuf;
using Grpc.Core;

namespace Argosy.ClusterAgent.Tests.Connection;

/// <summary>Artifacts to and from a hub from afar.</summary>
public sealed class ArtifactCallTests
{
    private const int Bytes = 64 * 1024 * 1024;

    private static readonly AttemptKey Key = new() { Namespace = "team", NodeId = "a" };
    private static readonly ArtifactTransfer Model = new() { Name = "model", LocationJson = "{}", Digest = "aa" };

    private static CancellationToken Patience => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Artifact_OfManyChunks_ComesWhole()
    {
        await using var test = await LinkTest.StartAsync();
        var content = RandomNumberGenerator.GetBytes(Bytes);
        test.Hub.Script.OpenArtifact = async (request, chunks, _) =>
        {
            Assert.Equal(("team", "model"), (request.Attempt.Namespace, request.Artifact.Name));
            foreach (var part in content.Chunk(256 * 1024))
            {
                await chunks.WriteAsync(new Chunk { Data = ByteString.CopyFrom(part) });
            }
        };

        await using var stream = await test.Link.OpenArtifactAsync(Key, Model, Patience);

        Assert.Equal(SHA256.HashData(content), await SHA256.HashDataAsync(stream, Patience));
    }

    [Fact]
    public async Task Artifact_Stored_ArrivesWhole_InPartsThatAHubTakes()
    {
        await using var test = await LinkTest.StartAsync();
        var content = RandomNumberGenerator.GetBytes(Bytes);
        var largest = 0;
        test.Hub.Script.StoreArtifact = async (parts, _) =>
        {
            using var digest = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            long size = 0;
            await parts.MoveNext();
            var request = parts.Current.Artifact;
            await foreach (var part in parts.ReadAllAsync())
            {
                digest.AppendData(part.Data.Span);
                size += part.Data.Length;
                largest = Math.Max(largest, part.Data.Length);
            }

            return new StoredArtifact { Name = request.Artifact.Name, Digest = Convert.ToHexStringLower(digest.GetHashAndReset()), Size = size };
        };

        var stored = await test.Link.StoreArtifactAsync(Key, Model, new MemoryStream(content), Patience);

        Assert.Equal(("model", Convert.ToHexStringLower(SHA256.HashData(content)), Bytes), (stored.Name, stored.Digest, (int)stored.Size));
        Assert.InRange(largest, 64 * 1024, 256 * 1024);
    }

    [Fact]
    public async Task EmptyArtifact_IsEmpty_BothWays()
    {
        await using var test = await LinkTest.StartAsync();
        test.Hub.Script.OpenArtifact = (_, _, _) => Task.CompletedTask;
        test.Hub.Script.StoreArtifact = async (parts, _) => new StoredArtifact { Size = (await parts.ReadAllAsync().ToListAsync(Patience)).Count - 1 };

        await using var stream = await test.Link.OpenArtifactAsync(Key, Model, Patience);

        Assert.Equal(-1, stream.ReadByte());
        Assert.Equal(0, (await test.Link.StoreArtifactAsync(Key, Model, Stream.Null, Patience)).Size);
    }

    [Fact]
    public async Task MissingArtifact_IsMissing_InTheHubsWords()
    {
        await using var test = await LinkTest.StartAsync();
        test.Hub.Script.OpenArtifact = (_, _, _) => throw HubScript.Failure(StatusCode.NotFound, "nothing at s3://models/m");

        var missing = await Assert.ThrowsAsync<ArtifactMissingException>(() => test.Link.OpenArtifactAsync(Key, Model, Patience));

        Assert.Equal("nothing at s3://models/m", missing.Message);
    }

    [Fact]
    public async Task LocationThatNobodyCanUse_IsRefusedForGood_InTheHubsWords()
    {
        await using var test = await LinkTest.StartAsync();
        test.Hub.Script.StoreArtifact = (_, _) => throw HubScript.Failure(StatusCode.FailedPrecondition, "artifact 'model' lies with plugin 'p'");

        var refused = await Assert.ThrowsAsync<ArtifactLocationException>(
            () => test.Link.StoreArtifactAsync(Key, Model, new MemoryStream(new byte[10]), Patience));

        Assert.Equal("artifact 'model' lies with plugin 'p'", refused.Message);
    }

    [Fact]
    public async Task OtherBytesThanTheDigests_AreToldAtTheirEnd_WithBothDigests()
    {
        await using var test = await LinkTest.StartAsync();
        var happened = new ArtifactDigestException("aa11", "bb22", "artifact model at s3://models: m");
        test.Hub.Script.OpenArtifact = async (_, chunks, _) =>
        {
            await chunks.WriteAsync(new Chunk { Data = ByteString.CopyFromUtf8("bytes") });
            throw new RpcException(
                new Status(StatusCode.DataLoss, happened.Message),
                new Metadata { { HubFailure.DigestExpected, happened.Expected }, { HubFailure.DigestActual, happened.Actual } });
        };
        await using var stream = await test.Link.OpenArtifactAsync(Key, Model, Patience);

        var told = await Assert.ThrowsAsync<ArtifactDigestException>(() => stream.CopyToAsync(Stream.Null, Patience));

        Assert.Equal((happened.Expected, happened.Actual, happened.Where), (told.Expected, told.Actual, told.Where));
    }

    [Fact]
    public async Task AnothersArtifact_IsRefused()
    {
        await using var test = await LinkTest.StartAsync();
        test.Hub.Script.ListArtifact = _ => throw HubScript.Failure(StatusCode.PermissionDenied, "the node runs in another cluster");

        var refusal = await Assert.ThrowsAsync<HubRefusedException>(() => test.Link.ListArtifactAsync(Key, Model, Patience));

        Assert.Equal("the node runs in another cluster", refusal.Message);
    }

    [Fact]
    public async Task Listing_IsNull_WhereTheStorageCannotTell()
    {
        await using var test = await LinkTest.StartAsync();
        test.Hub.Script.ListArtifact = request => Task.FromResult(
            request.Artifact.Name == "model" ? new ArtifactListing { Known = true, Paths = { "a", "b/c" } } : new ArtifactListing());

        Assert.Equal(["a", "b/c"], await test.Link.ListArtifactAsync(Key, Model, Patience));
        Assert.Null(await test.Link.ListArtifactAsync(Key, new ArtifactTransfer { Name = "other" }, Patience));
    }

    [Fact]
    public async Task HubIsAwayForAWhile_CallsThatHaveNotBegun_AreRepeated()
    {
        await using var test = await LinkTest.StartAsync();
        var tries = 0;
        test.Hub.Script.OpenArtifact = (_, chunks, _) => ++tries < 3
            ? throw HubScript.Failure(StatusCode.Unavailable)
            : chunks.WriteAsync(new Chunk { Data = ByteString.CopyFromUtf8("bytes") });
        test.Hub.Script.StoreArtifact = async (parts, _) => new StoredArtifact { Size = (await parts.ReadAllAsync().ToListAsync(Patience)).Count };
        await test.Hub.StopAsync();
        var storing = test.Link.StoreArtifactAsync(Key, Model, new MemoryStream([1]), Patience);
        await test.Hub.StartAsync();

        await using var stream = await test.Link.OpenArtifactAsync(Key, Model, Patience);

        Assert.Equal("bytes", await new StreamReader(stream).ReadToEndAsync(Patience));
        Assert.Equal(2, (await storing).Size);
    }

    [Fact]
    public async Task HubBreaksOff_InTheMidstOfAnUpload_IsNotRepeated_SinceItsBytesAreGone()
    {
        await using var test = await LinkTest.StartAsync();
        var tries = 0;
        test.Hub.Script.StoreArtifact = async (parts, _) =>
        {
            tries++;
            await parts.MoveNext();
            await parts.MoveNext();
            throw HubScript.Failure(StatusCode.Unavailable, "shutting down");
        };

        var failure = await Assert.ThrowsAsync<IOException>(
            () => test.Link.StoreArtifactAsync(Key, Model, new MemoryStream(new byte[Bytes]), Patience));

        Assert.Contains("shutting down", failure.Message, StringComparison.Ordinal);
        Assert.Equal(1, tries);
    }

    [Fact]
    public async Task ContentThatCannotBeRead_IsNotStored()
    {
        await using var test = await LinkTest.StartAsync();
        var broken = new TaskCompletionSource<bool>();
        test.Hub.Script.StoreArtifact = async (parts, _) =>
        {
            try
            {
                await parts.ReadAllAsync().ToListAsync(Patience);
                broken.SetResult(false);
            }
            catch (Exception)
            {
                broken.SetResult(true);
            }

            return new StoredArtifact();
        };

        await Assert.ThrowsAsync<InvalidDataException>(() => test.Link.StoreArtifactAsync(Key, Model, new BreakingStream(), Patience));

        Assert.True(await broken.Task.WaitAsync(Patience));
    }

    [Fact]
    public async Task OnlyEmbeddedClusters_AskTheHubForConfiguration()
    {
        await using var test = await LinkTest.StartAsync();

        await Assert.ThrowsAsync<NotSupportedException>(() => test.Link.ReadConfigurationAsync(ConfigurationKind.Secret, "a", "b", Patience));
    }

    private sealed class BreakingStream : MemoryStream
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            throw new InvalidDataException("the pod's stream broke off");
    }
}
