namespace Argosy.Architecture.Tests;

/// <summary>
/// The engine is a function: what it decides follows from what it is given, so that a replay of the facts is the life that was lived.
/// </summary>
public sealed class EnginePurityTests
{
    private const string Engine = "Argosy.Engine";

    [Fact]
    public void Engine_References_NoHostDatabaseOrNetwork()
    {
        using var engine = CompiledAssembly.Open(Engine);

        Assert.DoesNotContain(engine.References, reference =>
            reference != "YamlDotNet" && !reference.StartsWith("System.", StringComparison.Ordinal));
    }

    [Fact]
    public void Engine_Mentions_NothingThatTouchesTheWorld()
    {
        using var engine = CompiledAssembly.Open(Engine);

        Assert.Empty(World.TouchedBy(engine));
    }

    [Fact]
    public void Engine_Calls_NoClockAndNoChance()
    {
        using var engine = CompiledAssembly.Open(Engine);

        Assert.Empty(World.ClocksReadBy(engine));
        Assert.Empty(World.ChanceTakenBy(engine));
    }

    [Fact]
    public void Engine_Waits_ForNothing()
    {
        using var engine = CompiledAssembly.Open(Engine);

        Assert.Empty(World.SleepsOf(engine).Concat(World.DelaysOf(engine)));
    }
}
