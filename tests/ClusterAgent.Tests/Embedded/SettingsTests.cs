using Argosy.Contracts.Agents;

namespace Argosy.ClusterAgent.Tests.Embedded;

public sealed class SettingsTests
{
    [Fact]
    public async Task Environment_IsWhatTheManifestSays_AndNothingOfTheAgents()
    {
        Environment.SetEnvironmentVariable("ARGOSY_TEST_OF_THE_AGENT", "leaks");
        await using var cluster = await TestCluster.StartAsync();
        cluster.Hub.Configurations[(ConfigurationKind.ConfigMap, "settings")] = new Dictionary<string, string> { ["colour"] = "it's blue", ["a.b"] = "dotted" };
        cluster.Hub.Configurations[(ConfigurationKind.Secret, "keys")] = new Dictionary<string, string> { ["pass"] = "wörd\n2" };
        var container = new
        {
            image = "any",
            command = new[] { "env" },
            envFrom = new object[] { new { prefix = "S_", configMapRef = new { name = "settings" } } },
            env = new object[]
            {
                new { name = "PLAIN", value = "p" },
                new { name = "COMPOSED", value = "$(PLAIN)-$$(PLAIN)-$(NONE)" },
                new { name = "PASS", valueFrom = new { secretKeyRef = new { name = "keys", key = "pass" } } },
                new { name = "ABSENT", valueFrom = new { configMapKeyRef = new { name = "none", key = "x", optional = true } } },
                new { name = "POD", valueFrom = new { fieldRef = new { fieldPath = "metadata.name" } } },
                new { name = "LABEL", valueFrom = new { fieldRef = new { fieldPath = "metadata.labels['team']" } } },
            },
        };
        var intent = Intents.Of(new { container }).CapturingResult();
        intent.Labels["team"] = "red";

        var lines = (await cluster.RunAsync(intent)).Result.Split('\n');

        Assert.Contains("COMPOSED=p-$(PLAIN)-$(NONE)", lines);
        Assert.Contains("S_colour=it's blue", lines);
        Assert.Contains("S_a.b=dotted", lines);
        Assert.Contains("PASS=wörd", lines);
        Assert.Contains($"POD={intent.PodName}", lines);
        Assert.Contains("LABEL=red", lines);
        Assert.Contains($"ARGO_NODE_ID={intent.Key.NodeId}", lines);
        Assert.Contains("ARGO_CONTAINER_NAME=main", lines);
        Assert.DoesNotContain(lines, line => line.StartsWith("ABSENT=", StringComparison.Ordinal));
        Assert.DoesNotContain(lines, line => line.StartsWith("ARGOSY_TEST_OF_THE_AGENT=", StringComparison.Ordinal));
    }

    [Fact]
    public async Task SecretIsMissing_PodRuns_IsAnErrorThatNamesIt()
    {
        await using var cluster = await TestCluster.StartAsync();
        var env = new object[] { new { name = "PASS", valueFrom = new { secretKeyRef = new { name = "keys", key = "pass" } } } };

        var report = await cluster.RunAsync(Intents.Of(new { container = new { image = "any", command = new[] { "env" }, env } }));

        Assert.Equal((PodPhase.PodError, "secret \"keys\" not found in namespace \"argo\""), (report.Phase, report.Message));
    }

    [Fact]
    public async Task Volumes_AreMounted_AndClaimsOutliveTheirPods()
    {
        await using var cluster = await TestCluster.StartPrivateAsync();
        cluster.Hub.Configurations[(ConfigurationKind.ConfigMap, "settings")] = new Dictionary<string, string> { ["a"] = "from map", ["b"] = "unwanted" };
        cluster.Hub.Configurations[(ConfigurationKind.Secret, "keys")] = new Dictionary<string, string> { ["pass"] = "word" };
        object[] volumes =
        [
            new { name = "map", configMap = new { name = "settings", items = new[] { new { key = "a", path = "deep/a.txt" } } } },
            new { name = "secret", secret = new { secretName = "keys" } },
            new { name = "claim", persistentVolumeClaim = new { claimName = "shared data" } },
        ];
        var mounts = new object[]
        {
            new { name = "map", mountPath = "/etc/settings", readOnly = true },
            new { name = "secret", mountPath = "/secret/pass", subPath = "pass" },
            new { name = "claim", mountPath = "/work", subPath = "sub" },
        };
        PodIntent Pod(string line) => Intents.Of(
            new { container = new { image = "any", command = new[] { "sh", "-c", line }, workingDir = "/work", volumeMounts = mounts } }, volumes).CapturingResult();

        var first = await cluster.RunAsync(Pod("ls /etc/settings/deep; cat /etc/settings/deep/a.txt /secret/pass; echo kept >here; touch /etc/settings/x && echo wrote"));
        var second = await cluster.RunAsync(Pod("cat here; pwd"));

        Assert.Equal("a.txt\nfrom mapword", first.Result);
        Assert.Equal("kept\n/work", second.Result);
        Assert.Equal("kept\n", await File.ReadAllTextAsync(Path.Join(cluster.Data, "volumes/argo/shared data/sub/here"), TestContext.Current.CancellationToken));
    }
}
