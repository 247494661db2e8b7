namespace Argosy.Cli.Tests.Commands;

public sealed class ListCommandTests : CommandFixture
{
    [Fact]
    public async Task Workflows_AreATable_ThoseThatRunFirst()
    {
        await HaveAsync("done", "Succeeded", "2026-03-01T12:00:00Z", "2026-03-01T12:02:00Z");
        await HaveAsync("busy", "Running", "2026-03-01T12:09:00Z");
        await HaveAsync("broken", "Failed", "2026-03-01T12:00:00Z", "2026-03-01T12:05:00Z", "child 'x' failed");

        var (code, output, _) = await ArgosyAsync("list");

        Assert.Equal(0, code);
        Assert.Equal(
            """
            NAME     STATUS      AGE   DURATION   PRIORITY   MESSAGE
            busy     Running     59d   1m         0
            broken   Failed      59d   5m         0          child 'x' failed
            done     Succeeded   59d   2m         0

            """,
            output,
            ignoreLineEndingDifferences: true);
    }

    [Theory]
    [InlineData("red-running", "--running")]
    [InlineData("blue-failed,red-done", "--completed")]
    [InlineData("blue-failed", "--status", "Failed,Error")]
    [InlineData("red-running,red-done", "--prefix", "red-")]
    [InlineData("red-running,red-done", "-l", "team=red")]
    [InlineData("red-done", "--field-selector", "metadata.name=red-done")]
    [InlineData("red-done", "--older", "7m")]
    [InlineData("red-running,blue-failed", "--since", "1428h10m")]
    public async Task Filters_KeepWhatFits(string expected, params string[] filters)
    {
        await HaveAsync("red-done", "Succeeded", "2026-03-01T12:00:00Z", "2026-03-01T12:02:00Z", labels: """{"team":"red"}""");
        await HaveAsync("red-running", "Running", "2026-03-01T12:09:00Z", labels: """{"team":"red"}""");
        await HaveAsync("blue-failed", "Failed", "2026-03-01T12:00:00Z", "2026-03-01T12:05:00Z");

        var (_, output, _) = await ArgosyAsync(["list", "-o", "name", .. filters]);

        Assert.Equal(expected.Split(','), output.Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }

    [Fact]
    public async Task AllNamespaces_ShowTheNamespaceFirst()
    {
        await Server.HaveAsync("a", "one");
        await Server.HaveAsync("b", "two");

        var (_, output, _) = await ArgosyAsync("list", "-A");

        Assert.StartsWith("NAMESPACE   NAME", output, StringComparison.Ordinal);
        Assert.Contains("one         a", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task NoWorkflows_IsSaid() => Assert.Equal((0, "No workflows found\n", ""), await ArgosyAsync("list"));

    private async Task HaveAsync(string name, string phase, string started, string? finished = null, string message = "", string labels = "{}") =>
        await Server.HaveAsync(
            name,
            status: $$"""{"phase":"{{phase}}","startedAt":"{{started}}","finishedAt":{{(finished is null ? "null" : $"\"{finished}\"")}},"message":"{{message}}"}""",
            labels: labels);
}
