using System.Diagnostics;
using System.Security.Cryptography;

namespace Argosy.Architecture.Tests;

/// <summary>A wall that lets everyone through is none: the same eyes that find nothing in our assemblies find a trespasser in this one.</summary>
public sealed class WallTests
{
    private static CompiledAssembly Own => CompiledAssembly.Open(typeof(WallTests).Assembly.GetName().Name!);

    [Fact]
    public void Trespasser_ReadingTheClock_IsSeen()
    {
        using var own = Own;

        Assert.Contains(Crime("System.DateTime.get_UtcNow"), World.WallClocksReadBy(own));
        Assert.Contains(Crime("System.Diagnostics.Stopwatch.GetTimestamp"), World.ClocksReadBy(own));
    }

    [Fact]
    public void Trespasser_TakingChances_IsSeen()
    {
        using var own = Own;

        Assert.Contains(Crime("System.Guid.NewGuid"), World.ChanceTakenBy(own));
        Assert.Contains(Crime("System.Security.Cryptography.RandomNumberGenerator.GetBytes"), World.ChanceTakenBy(own));
    }

    [Fact]
    public void Trespasser_Sleeping_IsSeen()
    {
        using var own = Own;

        Assert.Contains(Crime("System.Threading.Thread.Sleep"), World.SleepsOf(own));
    }

    [Fact]
    public void Trespasser_TouchingTheWorld_IsSeen()
    {
        using var own = Own;

        Assert.Subset(World.TouchedBy(own).ToHashSet(), new HashSet<string> { "System.IO.File", "System.Net.Sockets.TcpClient" });
    }

    [Fact]
    public void Trespasser_PromisingMore_IsSeen()
    {
        using var own = Own;

        Assert.Contains(Crime("System.NotImplementedException..ctor"), own.Calls());
    }

    private static Call Crime(string called) => new($"{typeof(WallTests).FullName}.{nameof(Trespasser.Commit)}", called);

    /// <summary>Does all that our assemblies must not. Never called.</summary>
    private static class Trespasser
    {
        public static object Commit(bool caught)
        {
            Thread.Sleep(0);
            using var socket = new System.Net.Sockets.TcpClient();
            return caught
                ? throw new NotImplementedException()
                : (DateTime.UtcNow, Stopwatch.GetTimestamp(), Guid.NewGuid(), RandomNumberGenerator.GetBytes(1), File.Exists("/"));
        }
    }
}
