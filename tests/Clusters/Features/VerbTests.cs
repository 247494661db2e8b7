using System.Diagnostics;
using Argosy.Clusters.Hubs;
using Argosy.Clusters.Members;
using Argosy.Scenarios.Hubs;

namespace Argosy.Clusters.Features;

/// <summary>What users tell workflows whose pods run in real clusters.</summary>
public sealed class VerbTests(TestFleet fleet)
{
    private const string Waiting = """
        onExit: bye
        templates:
        - name: main
          metadata: {annotations: {argosy.io/cluster: gpu}}
          container: {image: busybox, command: [sleep, "300"]}
        - name: bye
          metadata: {annotations: {argosy.io/cluster: serving}}
          container: {image: busybox, command: [echo, bye]}
        """;

    [Theory(Timeout = 180_000)]
    [InlineData("stop", 2)]
    [InlineData("terminate", 1)]
    public async Task WorkflowTold_ToEnd_EndsItsPods_AndRunsItsExitHandlerOnlyWhenStopped(string verb, int pods)
    {
        TestFleet.Require();
        var run = await FeatureRun.SubmitAsync(fleet, Waiting, verb);
        await run.UntilAsync(workflow => Story.Pods(workflow).Any(pod => (string?)pod["phase"] == "Running"));

        (await run.ArgosyAsync(verb)).Succeeded();
        var ended = await run.EndedAsync("Failed");

        Assert.Equal(pods, Story.Pods(ended).Count());
        await fleet.Gpu.Member.KubectlAsync("wait", "pods", "--selector", run.Selector, "--for=jsonpath={.status.phase}=Failed", "--timeout=60s");
        Assert.DoesNotContain(
            await fleet.Gpu.Member.ListAsync("pods", TestFleet.Default, run.Selector), pod => (string?)pod["status"]!["phase"] == "Running");
    }

    [Fact(Timeout = 180_000)]
    public async Task Workflow_Retried_RunsAgainWhatHasFailed_AndOnlyThat()
    {
        TestFleet.Require();
        using var gate = new Gate();
        var run = await FeatureRun.SubmitAsync(fleet, $$$"""
            volumes: [{name: gate, hostPath: {path: {{{gate.Path}}}}}]
            templates:
            - name: main
              dag:
                tasks:
                - {name: good, template: good}
                - {name: bad, template: bad, depends: good}
            - name: good
              metadata: {annotations: {argosy.io/cluster: serving}}
              script: {image: busybox, command: [sh], source: "cat /proc/sys/kernel/random/uuid > /tmp/word"}
              outputs: {parameters: [{name: word, valueFrom: {path: /tmp/word}}]}
            - name: bad
              metadata: {annotations: {argosy.io/cluster: gpu}}
              container: {image: busybox, command: [test, -e, /gate/open], volumeMounts: [{name: gate, mountPath: /gate}]}
            """);
        var first = await run.EndedAsync("Failed");

        gate.Open();
        (await run.ArgosyAsync("retry")).Succeeded();
        var second = await run.SucceededAsync();

        Assert.Equal(Story.Output(Story.Node(first, "good"), "word"), Story.Output(Story.Node(second, "good"), "word"));
    }

    [Fact(Timeout = 180_000)]
    public async Task Logs_Followed_ComeAsTheyAreWritten_FromAllClusters()
    {
        TestFleet.Require();
        using var gate = new Gate();
        const string Template = """
            container: {image: busybox, command: [sh, -c, "echo before; until [ -e /gate/open ]; do sleep 0.2; done; echo after"], volumeMounts: [{name: gate, mountPath: /gate}]}
            """;
        var run = await FeatureRun.SubmitAsync(fleet, $$$"""
            volumes: [{name: gate, hostPath: {path: {{{gate.Path}}}}}]
            templates:
            - name: main
              steps:
              - - {name: here, template: here}
                - {name: there, template: there}
            - name: here
              metadata: {annotations: {argosy.io/cluster: gpu}}
              {{{Template.Trim()}}}
            - name: there
              metadata: {annotations: {argosy.io/cluster: serving}}
              {{{Template.Trim()}}}
            """);
        await run.UntilAsync(workflow => Story.Pods(workflow).Count(pod => (string?)pod["phase"] == "Running") == 2);

        using var logs = Start("logs", "--follow", run.Name);
        var lines = new List<string>();
        while (lines.Count(line => line.Contains("before", StringComparison.Ordinal)) < 2
            && await logs.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken) is { } line)
        {
            lines.Add(line);
        }

        gate.Open();
        lines.AddRange((await logs.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken)).Split('\n'));
        await logs.WaitForExitAsync(TestContext.Current.CancellationToken);

        await run.SucceededAsync();
        Assert.Equal(2, lines.Count(line => line.Contains("before", StringComparison.Ordinal)));
        Assert.Equal(2, lines.Count(line => line.Contains("after", StringComparison.Ordinal)));
    }

    [Fact(Timeout = 180_000)]
    public async Task Workflow_Deleted_LeavesNothingInTheClusters()
    {
        TestFleet.Require();
        var run = await FeatureRun.SubmitAsync(fleet, Waiting, "deleted");
        await run.UntilAsync(workflow => Story.Pods(workflow).Any(pod => (string?)pod["phase"] == "Running"));

        (await run.ArgosyAsync("delete")).Succeeded();

        await run.NothingLeftAsync(fleet.Gpu);
    }

    private Process Start(params string[] arguments)
    {
        var start = new ProcessStartInfo(ArgosyProgram.Path, arguments) { RedirectStandardOutput = true, WorkingDirectory = fleet.Folder.Home };
        start.Environment["KUBECONFIG"] = fleet.Folder.Kubeconfig;
        start.Environment["HOME"] = fleet.Folder.Home;
        return Process.Start(start)!;
    }
}
