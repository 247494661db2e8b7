using Argosy.ClusterAgent.Kubernetes.Connecting;
using Argosy.ClusterAgent.Tests.Artifacts;

namespace Argosy.ClusterAgent.Tests.Kubernetes;

public sealed class KubeconfigTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("argosy-kubeconfig-").FullName;

    private static CancellationToken Patience => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Context_OfSeveral_LeadsToItsServer_NamespaceAndUser()
    {
        var config = Given("token: secret");

        var connection = config.Connection("second");
        var shown = await connection.Credentials!.GetAsync(refused: false, Patience);

        Assert.Equal(("https://second.example:6443/", "jobs"), (connection.Server.AbsoluteUri, connection.Namespace));
        Assert.True(connection.SkipVerify);
        Assert.Equal("Bearer secret", shown.Authorization);
        Assert.Equal("https://first.example/", config.Connection().Server.AbsoluteUri);
    }

    [Fact]
    public async Task TokenFile_IsReadAgain_WhenTheServerRefusesIt()
    {
        var file = Path.Combine(_folder, "token");
        File.WriteAllText(file, "old\n");
        var credentials = Given("tokenFile: token").Connection("second").Credentials!;

        Assert.Equal("Bearer old", (await credentials.GetAsync(refused: false, Patience)).Authorization);
        File.WriteAllText(file, "new\n");
        Assert.Equal("Bearer old", (await credentials.GetAsync(refused: false, Patience)).Authorization);
        Assert.Equal("Bearer new", (await credentials.GetAsync(refused: true, Patience)).Authorization);
    }

    [Fact]
    public async Task ExecPlugin_IsAskedOnce_AndAgainWhenItsTokenRunsOutOrIsRefused()
    {
        Plugin("""
            n=$(($(cat "$COUNT" 2>/dev/null || echo 0) + 1)); echo $n > "$COUNT"
            echo "{\"kind\":\"ExecCredential\",\"status\":{\"token\":\"$1-$n\",\"expirationTimestamp\":\"2099-01-01T00:00:00Z\"}}"
            """);
        var credentials = Given($$"""
            exec:
                  apiVersion: client.authentication.k8s.io/v1
                  command: ./plugin
                  args: [t]
                  env: [{name: COUNT, value: "{{_folder}}/count"}]
            """).Connection("second").Credentials!;

        Assert.Equal("Bearer t-1", (await credentials.GetAsync(refused: false, Patience)).Authorization);
        Assert.Equal("Bearer t-1", (await credentials.GetAsync(refused: false, Patience)).Authorization);
        Assert.Equal("Bearer t-2", (await credentials.GetAsync(refused: true, Patience)).Authorization);
    }

    [Theory]
    [InlineData("echo 'no json'", "did not answer with an ExecCredential")]
    [InlineData("echo 'log in first' >&2; exit 3", "exit code 3: log in first")]
    public async Task ExecPlugin_ThatFails_SaysWhatItSaid(string script, string expected)
    {
        Plugin(script);
        var credentials = Given("exec: {command: ./plugin}").Connection("second").Credentials!;

        var failure = await Assert.ThrowsAsync<KubeconfigException>(() => credentials.GetAsync(refused: false, Patience).AsTask());

        Assert.Contains(expected, failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("nowhere", "has no context \"nowhere\"")]
    [InlineData("broken", "has no cluster \"missing\"")]
    public void ContextThatLeadsNowhere_IsSaid(string context, string expected)
    {
        var failure = Assert.Throws<KubeconfigException>(() => Given("token: x").Connection(context));

        Assert.Contains(expected, failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void FileThatIsNoKubeconfig_IsSaid_WithThePlace()
    {
        var path = Path.Combine(_folder, "bad");
        File.WriteAllText(path, "a: b\n c: [");

        var failure = Assert.Throws<KubeconfigException>(() => Kubeconfig.Load(path, TimeProvider.System));

        Assert.Contains("line 2", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void InAPod_TheServiceAccountIsFound_ElsewhereNothing()
    {
        Assert.Null(InCluster.Find(_ => null, TimeProvider.System, _folder));
        Assert.Null(InCluster.Find(_ => "10.0.0.1", TimeProvider.System, _folder));
    }

    private void Plugin(string script)
    {
        var path = Path.Combine(_folder, "plugin");
        File.WriteAllText(path, "#!/bin/sh\n" + script + "\n");
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserExecute);
    }

    private Kubeconfig Given(string user)
    {
        var path = Path.Combine(_folder, "config");
        File.WriteAllText(path, $$"""
            current-context: first
            contexts:
            - name: first
              context: {cluster: one}
            - name: second
              context: {cluster: two, user: someone, namespace: jobs}
            - name: broken
              context: {cluster: missing}
            clusters:
            - name: one
              cluster: {server: "https://first.example"}
            - name: two
              cluster: {server: "https://second.example:6443", insecure-skip-tls-verify: true}
            users:
            - name: someone
              user:
                {{user}}
            """);
        return Kubeconfig.Load(path, TimeProvider.System);
    }
}
