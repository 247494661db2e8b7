namespace Argosy.Cli.Tests.Commands;

public sealed class SyncCommandTests : CommandFixture
{
    [Fact]
    public async Task Limit_IsCreatedShownChangedAndDeleted()
    {
        var created = await ArgosyAsync("sync", "create", "k", "--type", "configmap", "--cm-name", "my-config", "--limit", "2");
        Assert.Equal((0, ""), (created.Code, created.Error));
        Assert.Equal("Key: k\nType: CONFIGMAP\nConfigMap Name: my-config\nNamespace: default\nLimit: 2\n", created.Output.ReplaceLineEndings("\n"));

        await ArgosyAsync("sync", "update", "k", "--type", "configmap", "--cm-name", "my-config", "--limit", "5");
        Assert.Contains("Limit: 5", (await ArgosyAsync("sync", "get", "k", "--type", "configmap", "--cm-name", "my-config")).Output, StringComparison.Ordinal);

        Assert.Equal(0, (await ArgosyAsync("sync", "delete", "k", "--type", "configmap", "--cm-name", "my-config")).Code);
        Assert.NotEqual(0, (await ArgosyAsync("sync", "get", "k", "--type", "configmap", "--cm-name", "my-config")).Code);
    }

    [Fact]
    public async Task Place_ThatIsNone_IsRefusedWithWhatToDo()
    {
        Assert.Contains("'database' or 'configmap'", (await ArgosyAsync("sync", "get", "k", "--type", "file")).Error, StringComparison.Ordinal);
        Assert.Contains("--cm-name is required", (await ArgosyAsync("sync", "get", "k", "--type", "configmap")).Error, StringComparison.Ordinal);
    }
}
