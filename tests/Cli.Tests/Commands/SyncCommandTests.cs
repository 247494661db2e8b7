namespace Argosy.Cli.Tests.Commands;

public sealed class SyncCommandTests : CommandFixture
{
    [Fact]
    public async Task Place_ThatIsNone_IsRefusedWithWhatToDo()
    {
        Assert.Contains("'database' or 'configmap'", (await ArgosyAsync("sync", "get", "k", "--type", "file")).Error, StringComparison.Ordinal);
        Assert.Contains("--cm-name is required", (await ArgosyAsync("sync", "get", "k", "--type", "configmap")).Error, StringComparison.Ordinal);
    }
}
