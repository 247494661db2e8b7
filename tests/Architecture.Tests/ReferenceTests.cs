namespace Argosy.Architecture.Tests;

/// <summary>Arrows between floors never turn: ClusterAgent ─► Contracts ◄─ ControlPlane ─► Engine, and only Cli sees both ends; Executor stands alone.</summary>
public sealed class ReferenceTests
{
    /// <summary>Each project of <c>src</c> and the projects it may reference.</summary>
    public static TheoryData<string, string[]> Arrows => new()
    {
        { "src/Contracts/Contracts.csproj", ["StandIns.Grpc"] },
        { "src/Engine/Engine.csproj", [] },
        { "src/Packing/Packing.csproj", [] },
        { "src/Executor/Executor.csproj", ["Packing"] },
        { "src/StandIns/Grpc/StandIns.Grpc.csproj", [] },
        { "src/StandIns/Orleans/StandIns.Orleans.csproj", [] },
        { "src/ClusterAgent/ClusterAgent.csproj", ["Contracts", "Packing"] },
        { "src/ControlPlane/ControlPlane.csproj", ["Contracts", "Engine", "StandIns.Grpc", "StandIns.Orleans"] },
        { "src/Cli/Cli.csproj", ["ClusterAgent", "ControlPlane"] },
    };

    /// <summary>Each assembly and those of ours that its code may use, also by way of another.</summary>
    public static TheoryData<string, string[]> Acquaintances => new()
    {
        { "Argosy.Contracts", ["Argosy.StandIns.Grpc"] },
        { "Argosy.Engine", [] },
        { "Argosy.Packing", [] },
        { "argosy-executor", ["Argosy.Packing"] },
        { "Argosy.StandIns.Grpc", [] },
        { "Argosy.StandIns.Orleans", [] },
        { "Argosy.ClusterAgent", ["Argosy.Contracts", "Argosy.Packing", "Argosy.StandIns.Grpc"] },
        { "Argosy.ControlPlane", ["Argosy.Contracts", "Argosy.Engine", "Argosy.StandIns.Grpc", "Argosy.StandIns.Orleans"] },
        { "argosy", ["Argosy.ClusterAgent", "Argosy.Contracts", "Argosy.ControlPlane", "Argosy.Engine"] },
    };

    [Theory]
    [MemberData(nameof(Arrows))]
    public void Project_References_OnlyWhatItsFloorMayKnow(string project, string[] allowed) =>
        Assert.Equal(allowed, SourceTree.ReferencesOf(project));

    [Theory]
    [MemberData(nameof(Acquaintances))]
    public void Assembly_Uses_OnlyWhatItsFloorMayKnow(string assembly, string[] allowed)
    {
        using var compiled = CompiledAssembly.Open(assembly);

        Assert.Empty(compiled.References.Where(reference => reference.StartsWith("Argosy.", StringComparison.Ordinal)).Except(allowed));
    }

    [Fact]
    public void EveryProjectOfSrc_HasItsRowAbove() =>
        Assert.Equal(SourceTree.Projects("src"), Arrows.Select(row => row.Data.Item1).Order(StringComparer.Ordinal));

    [Fact]
    public void Contracts_Use_NothingButTheWireFormatAndItsCalls()
    {
        using var contracts = CompiledAssembly.Open("Argosy.Contracts");

        Assert.DoesNotContain(contracts.References, reference =>
            reference is not ("Google.Protobuf" or "Argosy.StandIns.Grpc") && !reference.StartsWith("System.", StringComparison.Ordinal));
    }
}
