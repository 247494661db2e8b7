namespace Argosy.Cli.Tests.Commands;

public sealed class LintCommandTests : CommandFixture
{
    private const string Good = """
        apiVersion: argoproj.io/v1alpha1
        kind: Workflow
        metadata: { name: good }
        spec: { entrypoint: main, templates: [{ name: main, container: { image: busybox, command: [echo] } }] }
        """;

    private const string Bad = """
        apiVersion: argoproj.io/v1alpha1
        kind: Workflow
        metadata: { name: bad }
        """;

    [Theory]
    [InlineData("--offline")]
    [InlineData("--strict")]
    public async Task GoodFolder_IsFree(string flag)
    {
        Write("all/good.yaml", Good);
        Write("all/deeper/good.json", """{"apiVersion":"v1","kind":"ConfigMap"}""");

        Assert.Equal((0, "✔ no linting errors found!\n", ""), await ArgosyAsync("lint", Path.Combine(Folder, "all"), flag));
    }

    [Fact]
    public async Task BadFiles_AreListed_EachErrorWithItsFile()
    {
        Write("all/bad.yaml", Bad);
        Write("all/torn.yaml", "a: [\n");
        Write("all/good.yaml", Good);

        var (code, output, _) = await ArgosyAsync("lint", Path.Combine(Folder, "all"), "--offline", "-o", "simple");

        Assert.Equal(1, code);
        var lines = output.TrimEnd().Split('\n');
        Assert.Contains(lines, line => line.StartsWith(Path.Combine(Folder, "all", "bad.yaml") + ": in \"bad\" (Workflow): ", StringComparison.Ordinal));
        Assert.Contains(lines, line => line.StartsWith(Path.Combine(Folder, "all", "torn.yaml") + ": line ", StringComparison.Ordinal));
        Assert.DoesNotContain(lines, line => line.Contains("good.yaml", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("simple", "no linting errors found!\n")]
    [InlineData("json", "{\n  \"success\": true,\n  \"linted\": 1,\n  \"errors\": []\n}\n")]
    public async Task GoodManifest_FromTheStandardInput_IsFree(string format, string expected) =>
        Assert.Equal((0, expected, ""), await ArgosyWithInputAsync(Good, "lint", "--offline", "-", "-o", format));

    [Fact]
    public async Task Strict_WhenSwitchedOff_LetsUnknownFieldsBe()
    {
        var file = Write("odd.yaml", Good + "\nodd: 1\n");

        Assert.Equal(1, (await ArgosyAsync("lint", "--offline", file)).Code);
        Assert.Equal(0, (await ArgosyAsync("lint", "--offline", "--strict=false", file)).Code);
    }

    [Fact]
    public async Task Kinds_LeaveOthersOut()
    {
        var file = Write("bad.yaml", Bad);

        // To lint nothing at all is a failure, as it is upstream: a script that names the wrong folder should hear of it.
        Assert.Equal(
            (1, "✖ found nothing to lint in the specified paths, failing...\n", ""),
            await ArgosyAsync("lint", "--offline", "--kinds", "workflowtemplates", file));
        Assert.Equal(
            (1, "found nothing to lint in the specified paths, failing...\n", ""),
            await ArgosyAsync("lint", "--offline", "--kinds", "workflowtemplates", "-o", "simple", file));
        Assert.Equal(1, (await ArgosyAsync("lint", "--offline", "--kinds", "workflows", file)).Code);
        Assert.Contains("unknown kind", (await ArgosyAsync("lint", "--offline", "--kinds", "pods", file)).Error, StringComparison.Ordinal);
    }
}
