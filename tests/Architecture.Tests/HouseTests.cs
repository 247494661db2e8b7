using System.Text.RegularExpressions;

namespace Argosy.Architecture.Tests;

/// <summary>How the house is kept: rooms have names, projects are known and locked, what is promised is there.</summary>
public sealed partial class HouseTests
{
    private static readonly HashSet<string> NamesThatSayNothing =
        new(["Common", "Core", "Helpers", "Managers", "Misc", "Models", "Services", "Shared", "Util", "Utils"], StringComparer.OrdinalIgnoreCase);

    [Fact]
    public void Rooms_HaveNames_ThatSayWhatIsInside() =>
        Assert.DoesNotContain(
            SourceTree.Folders("src").Concat(SourceTree.Folders("tests")), folder => NamesThatSayNothing.Contains(Path.GetFileName(folder)));

    [Fact]
    public void EveryProject_IsInTheSolution()
    {
        var solution = File.ReadAllText(Path.Combine(SourceTree.Root, "ControlPlane.sln"));
        var listed = ProjectPath().Matches(solution).Select(match => match.Value.Trim('"').Replace('\\', '/'));

        Assert.Equal(SourceTree.Projects("bench", "src", "tests"), listed.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void EveryProject_HasItsLockFile() =>
        Assert.DoesNotContain(
            SourceTree.Projects("bench", "src", "tests"),
            project => !File.Exists(Path.Combine(SourceTree.Root, Path.GetDirectoryName(project)!, "packages.lock.json")));

    [Theory]
    [MemberData(nameof(TimeTests.Ours), MemberType = typeof(TimeTests))]
    public void Assembly_Promises_OnlyWhatItDoes(string assembly)
    {
        using var compiled = CompiledAssembly.Open(assembly);

        Assert.DoesNotContain(compiled.Calls(), call => call.Called == "System.NotImplementedException..ctor");
    }

    [GeneratedRegex(@"""[^""]+\.csproj""")]
    private static partial Regex ProjectPath();
}
