using Argosy.Clusters.Hubs;
using Argosy.Clusters.Members;
using Argosy.Scenarios.Hubs;

namespace Argosy.Clusters.Features;

/// <summary>What a workflow has in a cluster beside its pods, and when that goes.</summary>
public sealed class ObjectFeatureTests(TestFleet fleet)
{
    [Fact(Timeout = 180_000)]
    public async Task Claim_OfAWorkflow_HoldsItsDataBetweenSteps_AndGoesWhenItHasSucceeded()
    {
        TestFleet.Require();
        await fleet.Gpu.Member.KubectlAsync("delete", "persistentvolume", "feature-claim", "--ignore-not-found");
        await fleet.Gpu.Member.ApplyAsync("""
            apiVersion: v1
            kind: PersistentVolume
            metadata: {name: feature-claim}
            spec:
              accessModes: [ReadWriteOnce]
              capacity: {storage: 20Mi}
              persistentVolumeReclaimPolicy: Retain
              hostPath: {path: /tmp/argosy-test-volumes/feature-claim, type: DirectoryOrCreate}
            """);
        var run = await FeatureRun.SubmitAsync(fleet, """
            volumeClaimTemplates:
            - metadata: {name: work}
              spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 10Mi}}}
            templates:
            - name: main
              steps:
              - - {name: write, template: write}
              - - {name: read, template: read}
            - name: write
              metadata: {annotations: {argosy.io/cluster: gpu}}
              container: {image: busybox, command: [sh, -c, "echo hello > /work/word"], volumeMounts: [{name: work, mountPath: /work}]}
            - name: read
              metadata: {annotations: {argosy.io/cluster: gpu}}
              container: {image: busybox, command: [grep, hello, /work/word], volumeMounts: [{name: work, mountPath: /work}]}
            """);

        await run.UntilAsync(workflow => Story.Pods(workflow).Any(pod => (string?)pod["phase"] is "Running" or "Succeeded"));
        var during = await run.HasAsync(fleet.Gpu, "persistentvolumeclaims");
        await run.SucceededAsync();

        Assert.Single(during);
        await fleet.Gpu.Member.GoneAsync("persistentvolumeclaims", TestFleet.Default, run.Selector);
    }

    [Fact(Timeout = 180_000)]
    public async Task PodGc_TakesPodsThatHaveSucceeded()
    {
        TestFleet.Require();
        var run = await FeatureRun.SubmitAsync(fleet, """
            podGC: {strategy: OnPodSuccess, deleteDelayDuration: 0s}
            templates:
            - name: main
              metadata: {annotations: {argosy.io/cluster: gpu}}
              container: {image: busybox, command: ["true"]}
            """);

        await run.SucceededAsync();

        await fleet.Gpu.Member.GoneAsync("pods", TestFleet.Default, run.Selector);
    }

    [Fact(Timeout = 180_000)]
    public async Task DisruptionBudget_IsThereWhileTheWorkflowRuns_AndGoneAfterwards()
    {
        TestFleet.Require();
        using var gate = new Gate();
        var run = await FeatureRun.SubmitAsync(fleet, $$$"""
            podDisruptionBudget: {minAvailable: 9999}
            volumes: [{name: gate, hostPath: {path: {{{gate.Path}}}}}]
            templates:
            - name: main
              metadata: {annotations: {argosy.io/cluster: gpu}}
              container: {image: busybox, command: [sh, -c, "until [ -e /gate/open ]; do sleep 0.2; done"], volumeMounts: [{name: gate, mountPath: /gate}]}
            """);

        await run.UntilAsync(workflow => Story.Pods(workflow).Any(pod => (string?)pod["phase"] == "Running"));
        var budget = await fleet.Gpu.Member.NamesAsync("poddisruptionbudgets", TestFleet.Default);
        gate.Open();
        await run.SucceededAsync();

        Assert.Contains(budget, name => name.EndsWith("/" + run.Name, StringComparison.Ordinal));
        await fleet.Gpu.Member.GoneAsync("poddisruptionbudgets", TestFleet.Default, run.Selector);
    }

    [Fact(Timeout = 240_000)]
    public async Task Artifact_OfFiftyMegabytes_CrossesClustersUnchanged()
    {
        TestFleet.Require();
        var run = await FeatureRun.SubmitAsync(fleet, """
            templates:
            - name: main
              steps:
              - - {name: make, template: make}
              - - name: check
                  template: check
                  arguments:
                    parameters: [{name: digest, value: "{{steps.make.outputs.result}}"}]
                    artifacts: [{name: data, from: "{{steps.make.outputs.artifacts.data}}"}]
            - name: make
              metadata: {annotations: {argosy.io/cluster: gpu}}
              script:
                image: busybox
                command: [sh]
                source: |
                  head -c 50m /dev/urandom > /tmp/data
                  sha256sum < /tmp/data
              outputs: {artifacts: [{name: data, path: /tmp/data, archive: {none: {}}}]}
            - name: check
              metadata: {annotations: {argosy.io/cluster: serving}}
              inputs: {parameters: [{name: digest}], artifacts: [{name: data, path: /tmp/data}]}
              script:
                image: busybox
                command: [sh]
                source: |
                  [ "$(sha256sum < /tmp/data)" = "{{inputs.parameters.digest}}" ]
            """);

        var ended = await run.SucceededAsync();

        Assert.Equal("gpu", (string?)Story.Node(ended, "make")["cluster"]);
        Assert.Equal("serving", (string?)Story.Node(ended, "check")["cluster"]);
    }
}
