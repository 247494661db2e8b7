using System.Diagnostics;
using System.Text.Json.Nodes;
using Argosy.Scenarios.Hubs;

namespace Argosy.Clusters.Members;

/// <summary>A real cluster, seen with a stock kubectl and its administrator's rights.</summary>
internal sealed class MemberCluster(string name, string kubeconfig)
{
    public string Name => name;

    public string Kubeconfig => kubeconfig;

    /// <summary>Where <c>kube</c> keeps the cluster: process ids and logs.</summary>
    public string Folder => Path.GetDirectoryName(kubeconfig)!;

    /// <summary>The label that every object of a workflow has in a cluster.</summary>
    public static string Of(string workflowUid) => $"argosy.io/workflow-uid={workflowUid}";

    public Task<Finished> KubectlAsync(params string[] arguments) => Finished.RunAsync(Command(arguments));

    /// <summary>Gives a manifest on the standard input: the arguments should say <c>-f -</c>.</summary>
    public Task<Finished> GiveAsync(string manifest, params string[] arguments) => Finished.RunAsync(Command(arguments), manifest);

    public async Task ApplyAsync(string manifest) => (await GiveAsync(manifest, "apply", "-f", "-")).Succeeded();

    /// <summary>The objects of a namespace, as <c>kubectl get</c> would list them.</summary>
    public async Task<IReadOnlyList<JsonObject>> ListAsync(string resource, string @namespace, string selector = "")
    {
        var listed = (await KubectlAsync("get", resource, "--namespace", @namespace, "--selector", selector, "--output", "json")).Succeeded();
        return [.. JsonNode.Parse(listed)!["items"]!.AsArray().Select(item => item!.AsObject())];
    }

    /// <summary>The names of what there is, in the form <c>kind/name</c>; several kinds are separated by commas.</summary>
    public async Task<IReadOnlyList<string>> NamesAsync(string resources, string @namespace, string selector = "") =>
        (await KubectlAsync("get", resources, "--namespace", @namespace, "--selector", selector, "--output", "name", "--ignore-not-found"))
        .Succeeded().Split('\n', StringSplitOptions.RemoveEmptyEntries);

    /// <summary>Waits until nothing of a workflow is left: no pods, claims or budgets, and nothing that cannot finish going.</summary>
    public Task NothingLeftAsync(string @namespace, string workflowUid) =>
        GoneAsync("pods,persistentvolumeclaims,poddisruptionbudgets", @namespace, Of(workflowUid));

    /// <summary>Waits until there are no objects of these kinds.</summary>
    public async Task GoneAsync(string kinds, string @namespace, string selector)
    {
        if ((await NamesAsync(kinds, @namespace, selector)).Count > 0)
        {
            // It fails also when all of them have gone before it looks; what counts is what is there afterwards.
            await KubectlAsync("wait", kinds, "--namespace", @namespace, "--selector", selector, "--for=delete", "--timeout=90s");
        }

        Assert.Empty(await NamesAsync(kinds, @namespace, selector));
    }

    public async Task<Uri> ApiServerAsync() =>
        new((await KubectlAsync("config", "view", "--raw", "--output", "jsonpath={.clusters[0].cluster.server}")).Succeeded());

    /// <summary>Starts a command that goes on until it is killed; its standard output is to be read.</summary>
    public Process Start(params string[] arguments)
    {
        var start = Command(arguments);
        start.RedirectStandardOutput = true;
        start.RedirectStandardError = true;
        return Process.Start(start)!;
    }

    public override string ToString() => name;

    private ProcessStartInfo Command(params string[] arguments) => new("kubectl", ["--kubeconfig", kubeconfig, .. arguments]);
}
