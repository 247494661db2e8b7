using System.Text.Json.Nodes;
using Argosy.Engine.Synchronization;

namespace Argosy.Engine.Tests.Synchronization;

public sealed class LockRequestTests
{
    [Theory]
    [InlineData("""{"mutexes":[{"name":"m"}]}""", "here/Mutex/m")]
    [InlineData("""{"mutex":{"name":"m","namespace":"there"}}""", "there/Mutex/m")]
    [InlineData("""{"mutexes":[{"name":"m","database":true}]}""", "here/Database/m")]
    [InlineData("""{"semaphores":[{"configMapKeyRef":{"name":"c","key":"k"}}]}""", "here/ConfigMap/c/k")]
    [InlineData("""{"semaphore":{"configMapKeyRef":{"name":"c","key":"k"},"namespace":"there"}}""", "there/ConfigMap/c/k")]
    [InlineData("""{"semaphores":[{"database":{"key":"k"}}]}""", "here/Database/k")]
    [InlineData("""{"mutexes":[{"name":"m2"}],"semaphores":[{"database":{"key":"k"}}],"mutex":{"name":"m1"}}""", "here/Mutex/m1 here/Database/k here/Mutex/m2")]
    [InlineData("{}", "")]
    public void Synchronization_InEitherSpelling_NamesItsLocksAsUpstreamDoes(string json, string locks)
    {
        var request = LockRequest.Read((JsonObject)JsonNode.Parse(json)!, "here");

        Assert.Null(request.Error);
        Assert.Equal(locks, string.Join(' ', request.Locks));
    }

    [Theory]
    [InlineData("""{"semaphores":[{"database":{"key":"k"},"configMapKeyRef":{"name":"c","key":"k"}}]}""", "both ConfigMapKeyRef and Database")]
    [InlineData("""{"semaphores":[{"namespace":"n"}]}""", "without a ConfigMapRef or Database")]
    [InlineData("""{"mutexes":[{"name":"m"},{"name":"m"}]}""", "Duplicate synchronization item found")]
    [InlineData("""{"mutexes":[{"database":true}]}""", "a mutex needs a name")]
    public void Synchronization_ThatMakesNoSense_SaysWhy(string json, string error) =>
        Assert.Contains(error, LockRequest.Read((JsonObject)JsonNode.Parse(json)!, "here").Error, StringComparison.Ordinal);
}
