using System.Text.Json.Nodes;
using Argosy.Cli.Joining;
using Argosy.Cli.Manifests;

namespace Argosy.Cli.Tests.Joining;

/// <summary>What a manifest gives an agent: all that it needs, and not a verb more.</summary>
public sealed class JoinManifestTests
{
    private static readonly JoinSettings Settings = new()
    {
        Cluster = "gpu",
        Hub = "https://hub.example:2747",
        HubAuthorities = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----",
        Ticket = "0123",
        TicketExpires = "2026-01-01T00:30:00Z",
        Namespaces = ["default", "team-a"],
        AgentNamespace = "argosy",
        Image = "argosy/agent:1",
    };

    private static readonly string[] RulesOfDefault = [.. RulesOf(Settings)];

    /// <summary>A line more here is a right more in every member cluster: it needs a reason that its admins will accept.</summary>
    [Fact]
    public void Rights_AreThese_AndNoOthers() => Assert.Equal(
        """
        ClusterRole/argosy-agent: authentication.k8s.io/tokenreviews [create]
        ClusterRole/argosy-agent: /nodes [get list watch]
        ClusterRole/argosy-agent: /namespaces (kube-system) [get]
        ClusterRole/argosy-agent-pods: /pods [create get list watch patch delete]
        ClusterRole/argosy-agent-pods: /pods/log [get]
        ClusterRole/argosy-agent-pods: /persistentvolumeclaims [create get list watch patch delete]
        ClusterRole/argosy-agent-pods: /configmaps [create get delete]
        ClusterRole/argosy-agent-pods: policy/poddisruptionbudgets [create get list delete]
        ClusterRole/argosy-agent-pods: /serviceaccounts [impersonate]
        Role/argosy/argosy-agent: /secrets (argosy-agent) [get patch update]
        ClusterRoleBinding/argosy-agent-argosy: ClusterRole/argosy-agent -> ServiceAccount/argosy/argosy-agent
        RoleBinding/argosy/argosy-agent: Role/argosy-agent -> ServiceAccount/argosy/argosy-agent
        RoleBinding/default/argosy-agent-argosy: ClusterRole/argosy-agent-pods -> ServiceAccount/argosy/argosy-agent
        RoleBinding/team-a/argosy-agent-argosy: ClusterRole/argosy-agent-pods -> ServiceAccount/argosy/argosy-agent
        """.ReplaceLineEndings("\n").Split('\n'),
        RulesOfDefault.Concat(BindingsOf(Settings)));

    [Theory]
    [InlineData("*")]
    [InlineData("escalate")]
    [InlineData("bind")]
    [InlineData("cluster-admin")]
    public void Rights_NeverName(string forbidden) => Assert.DoesNotContain(
        RulesOfDefault.Concat(BindingsOf(Settings)).SelectMany(line => line.Split(' ', '[', ']', '/', ':', '(', ')')), word => word == forbidden);

    [Fact]
    public void Secrets_AreNeverListed() => Assert.All(
        RulesOfDefault.Where(rule => rule.Contains("/secrets", StringComparison.Ordinal)), rule =>
        {
            Assert.Contains("(argosy-agent)", rule, StringComparison.Ordinal);
            Assert.DoesNotContain("list", rule, StringComparison.Ordinal);
            Assert.DoesNotContain("watch", rule, StringComparison.Ordinal);
        });

    [Fact]
    public void Agent_IsLockedDown_AndToldAllItNeeds()
    {
        var deployment = Find(Settings, "Deployment");
        var pod = deployment["spec"]!["template"]!["spec"]!;
        var agent = pod["containers"]![0]!;

        Assert.Equal("Recreate", (string?)deployment["spec"]!["strategy"]!["type"]);
        Assert.Equal(
            """{"runAsNonRoot":true,"runAsUser":65532,"runAsGroup":65532,"fsGroup":65532,"seccompProfile":{"type":"RuntimeDefault"}}""",
            pod["securityContext"]!.ToJsonString());
        Assert.Equal(
            """{"allowPrivilegeEscalation":false,"readOnlyRootFilesystem":true,"capabilities":{"drop":["ALL"]}}""", agent["securityContext"]!.ToJsonString());
        Assert.False((bool)pod["hostNetwork"]!);
        Assert.Equal(
            [
                "ARGOSY_HUB=https://hub.example:2747", "ARGOSY_CLUSTER=gpu", "ARGOSY_NAMESPACES=default,team-a",
                "ARGOSY_IDENTITY_SECRET=argosy/argosy-agent", "ARGOSY_IMAGE=argosy/agent:1", "ARGOSY_LISTEN=0.0.0.0:2748", "DOTNET_EnableDiagnostics=0",
                "DOTNET_GCgen0size=400000", "POD_IP=", "HOST_IP=",
            ],
            Environment(agent));
        Assert.Equal("0123", (string?)Find(Settings, "Secret")["stringData"]!["ticket"]);
        Assert.Equal(Settings.HubAuthorities, ((string?)Find(Settings, "Secret")["stringData"]!["hub-ca.crt"])!.Trim());
    }

    [Fact]
    public void Settings_ReachTheAgent_AsValuesWhateverTheyContain()
    {
        var settings = Settings with
        {
            HostNetwork = true,
            Port = 3000,
            ApiServer = new Uri("https://127.0.0.1:6443"),
            ExecutorUrls = "http://10.88.0.1:3000",
            RegistryMirrors = "docker.io=http://127.0.0.1:5000\nevil: true # ${TICKET}",
        };
        var pod = Find(settings, "Deployment")["spec"]!["template"]!["spec"]!;

        Assert.True((bool)pod["hostNetwork"]!);
        Assert.Equal(3000, (int)pod["containers"]![0]!["ports"]![0]!["containerPort"]!);
        Assert.Superset(
            new HashSet<string>
            {
                "KUBERNETES_SERVICE_HOST=127.0.0.1", "KUBERNETES_SERVICE_PORT=6443", "ARGOSY_LISTEN=0.0.0.0:3000", "ARGOSY_EXECUTOR_URLS=http://10.88.0.1:3000",
                "ARGOSY_REGISTRY_MIRRORS=docker.io=http://127.0.0.1:5000\nevil: true # ${TICKET}",
            },
            Environment(pod["containers"]![0]!).ToHashSet());
    }

    [Fact]
    public void EnrolledNamespaces_AreMade_ButForTheOneThatIsThere() => Assert.Equal(
        ["argosy", "team-a"],
        Objects(Settings).Where(value => (string?)value["kind"] == "Namespace").Select(value => (string?)value["metadata"]!["name"]));

    [Fact]
    public async Task RealCluster_TakesTheManifest()
    {
        if (System.Environment.GetEnvironmentVariable("ARGOSY_TEST_KUBECONFIG") is not { Length: > 0 } kubeconfig)
        {
            Assert.Skip("ARGOSY_TEST_KUBECONFIG names no cluster: whether a real API server takes the manifest was not tried");
            return;
        }

        using var folder = new TemporaryFolder();
        var mark = Guid.NewGuid().ToString("N")[..8];
        var settings = Settings with { AgentNamespace = $"argosy-{mark}", Namespaces = ["default", $"team-{mark}"] };
        var namespaces = new[] { settings.AgentNamespace, settings.Namespaces[1] };
        try
        {
            foreach (var name in namespaces)
            {
                await KubectlAsync(kubeconfig, "create", "namespace", name); // a dry run makes none for what follows it
            }

            var told = await KubectlAsync(kubeconfig, "apply", "--dry-run=server", "-f", folder.Write("join.yaml", JoinManifest.Write(settings)));

            Assert.Contains("deployment.apps/argosy-agent created (server dry run)", told, StringComparison.Ordinal);
            Assert.Equal(Objects(settings).Count(), told.Split('\n', StringSplitOptions.RemoveEmptyEntries).Count(line => line.EndsWith("(server dry run)", StringComparison.Ordinal)));
        }
        finally
        {
            await KubectlAsync(kubeconfig, ["delete", "namespace", "--wait=false", .. namespaces]);
        }
    }

    private static async Task<string> KubectlAsync(string kubeconfig, params string[] args)
    {
        using var kubectl = System.Diagnostics.Process.Start(new System.Diagnostics.ProcessStartInfo("kubectl", ["--kubeconfig", kubeconfig, .. args])
        {
            RedirectStandardOutput = true, RedirectStandardError = true,
        })!;
        var (output, error) = (kubectl.StandardOutput.ReadToEndAsync(), kubectl.StandardError.ReadToEndAsync());
        await kubectl.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.True(kubectl.ExitCode == 0, await error);
        return await output;
    }

    private static IEnumerable<JsonObject> Objects(JoinSettings settings) => ManifestText.Read(JoinManifest.Write(settings));

    private static JsonObject Find(JoinSettings settings, string kind) => Objects(settings).Single(value => (string?)value["kind"] == kind);

    private static IEnumerable<string> Environment(JsonNode container) =>
        container["env"]!.AsArray().Select(variable => $"{variable!["name"]}={variable["value"]}");

    private static IEnumerable<string> RulesOf(JoinSettings settings) =>
        from role in Objects(settings)
        where role["rules"] is not null
        from rule in role["rules"]!.AsArray()
        from resource in rule!["resources"]!.AsArray()
        let names = rule["resourceNames"] is JsonArray some ? $" ({string.Join(' ', some)})" : ""
        select $"{Named(role)}: {string.Join('+', rule["apiGroups"]!.AsArray())}/{resource}{names} [{string.Join(' ', rule["verbs"]!.AsArray())}]";

    private static IEnumerable<string> BindingsOf(JoinSettings settings) =>
        from binding in Objects(settings)
        where binding["roleRef"] is not null
        from subject in binding["subjects"]!.AsArray()
        select $"{Named(binding)}: {binding["roleRef"]!["kind"]}/{binding["roleRef"]!["name"]} -> {subject!["kind"]}/{subject["namespace"]}/{subject["name"]}";

    private static string Named(JsonObject value) =>
        string.Join('/', new[] { value["kind"], value["metadata"]!["namespace"], value["metadata"]!["name"] }.Where(part => part is not null).Select(part => part!.ToString()));
}
