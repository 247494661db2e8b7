namespace Argosy.Clusters.Members;

/// <summary>
/// The real clusters that these tests may use, as the environment names them; <c>.ci/clusters</c> starts some and prints the variables.
/// Their kube nodes are this machine: gates and volumes are folders of it.
/// </summary>
internal static class TestClusters
{
    /// <summary><c>NAME=KUBECONFIG</c>, separated by spaces; the tests need one named gpu and one named serving.</summary>
    private const string ClustersVariable = "ARGOSY_TEST_CLUSTERS";

    /// <summary>The program that started them, which is asked to start an API server again that a test has killed.</summary>
    private const string KubeVariable = "ARGOSY_TEST_KUBE";

    /// <summary>The agent's image, as the clusters find it; <c>infra/agent/build-image</c> builds it.</summary>
    private const string ImageVariable = "ARGOSY_TEST_AGENT_IMAGE";

    /// <summary>The registry that stands for docker.io and the others, as the agents reach it.</summary>
    private const string RegistryVariable = "ARGOSY_TEST_REGISTRY";

    public static string? Kube => Variable(KubeVariable);

    public static string? AgentImage => Variable(ImageVariable);

    public static string Registry => Variable(RegistryVariable) ?? "http://127.0.0.1:15000";

    /// <summary>Why there is nothing to test on, or null.</summary>
    public static string? Lacking
    {
        get
        {
            var lacking = new[] { ClustersVariable, KubeVariable, ImageVariable }.Where(name => Variable(name) is null).ToList();
            return lacking.Count == 0 ? null : $"no real clusters to test on: {string.Join(", ", lacking)} not set (.ci/clusters up prints what to set)";
        }
    }

    public static IReadOnlyList<MemberCluster> All() =>
        [.. (Variable(ClustersVariable) ?? "").Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(Parse)];

    private static MemberCluster Parse(string text) => text.Split('=', 2) is [var name, var kubeconfig] && File.Exists(kubeconfig)
        ? new MemberCluster(name, kubeconfig)
        : throw new InvalidOperationException($"{ClustersVariable}: \"{text}\" must be NAME=KUBECONFIG, and the kubeconfig a file that is there");

    private static string? Variable(string name) => Environment.GetEnvironmentVariable(name) is { Length: > 0 } value ? value : null;
}
