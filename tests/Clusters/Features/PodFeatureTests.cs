using Argosy.Clusters.Hubs;

namespace Argosy.Clusters.Features;

/// <summary>What pods can be told to be, on a real cluster.</summary>
public sealed class PodFeatureTests(TestFleet fleet)
{
    [Fact(Timeout = 180_000)]
    public async Task Sidecar_OfAStepThatIsDone_IsEnded()
    {
        TestFleet.Require();
        var run = await FeatureRun.SubmitAsync(fleet, """
            templates:
            - name: main
              metadata: {annotations: {argosy.io/cluster: gpu}}
              container: {image: busybox, command: [sh, -c, "until wget -q -O- http://127.0.0.1:8080/etc/hostname; do sleep 0.2; done"]}
              sidecars:
              - {name: server, image: busybox, command: [httpd, -f, -p, "8080", -h, /]}
            """);

        await run.SucceededAsync();
    }

    [Fact(Timeout = 180_000)]
    public async Task ContainerSet_RunsItsContainersInOrder_InOnePod()
    {
        TestFleet.Require();
        var run = await FeatureRun.SubmitAsync(fleet, """
            templates:
            - name: main
              metadata: {annotations: {argosy.io/cluster: gpu}}
              containerSet:
                volumeMounts: [{name: work, mountPath: /work}]
                containers:
                - {name: a, image: busybox, command: [sh, -c, "sleep 1; echo -n a >> /work/order"]}
                - {name: b, image: busybox, command: [sh, -c, "echo -n b >> /work/order"], dependencies: [a]}
                - {name: c, image: busybox, command: [sh, -c, "sleep 1; echo -n b >> /work/order"], dependencies: [a]}
                - {name: main, image: busybox, command: [sh, -c, "echo -n d >> /work/order; cat /work/order"], dependencies: [b, c]}
              volumes: [{name: work, emptyDir: {}}]
              outputs: {parameters: [{name: order, valueFrom: {path: /work/order}}]}
            """);

        var ended = await run.SucceededAsync();

        Assert.Equal("abbd", Story.Output(Story.Pods(ended).Single(), "order"));
        Assert.Equal(4, Story.Nodes(ended).Count(node => (string?)node["type"] == "Container" && (string?)node["phase"] == "Succeeded"));
        Assert.Single(await run.HasAsync(fleet.Gpu, "pods"));
    }

    [Fact(Timeout = 180_000)]
    public async Task Daemon_IsAskedByItsAddress_AndEndsWithTheSteps()
    {
        TestFleet.Require();
        var run = await FeatureRun.SubmitAsync(fleet, """
            templates:
            - name: main
              steps:
              - - {name: server, template: server}
              - - {name: ask, template: ask, arguments: {parameters: [{name: ip, value: "{{steps.server.ip}}"}]}}
            - name: server
              daemon: true
              metadata: {annotations: {argosy.io/cluster: gpu}}
              container:
                image: busybox
                command: [httpd, -f, -p, "8080", -h, /]
                readinessProbe: {httpGet: {path: /etc/hostname, port: 8080}, periodSeconds: 1}
            - name: ask
              metadata: {annotations: {argosy.io/cluster: gpu}}
              inputs: {parameters: [{name: ip}]}
              container: {image: busybox, command: [wget, -q, -O-, "http://{{inputs.parameters.ip}}:8080/etc/hostname"]}
            """);

        var ended = await run.SucceededAsync();

        Assert.Equal("Succeeded", (string?)Story.Node(ended, "server")["phase"]);
    }

    [Fact(Timeout = 180_000)]
    public async Task Step_AsAnybodyWithAReadOnlyRoot_DeliversItsOutputs()
    {
        TestFleet.Require();
        var run = await FeatureRun.SubmitAsync(fleet, """
            templates:
            - name: main
              steps:
              - - {name: make, template: make}
              - - {name: use, template: use, arguments: {artifacts: [{name: data, from: "{{steps.make.outputs.artifacts.data}}"}]}}
            - name: make
              metadata: {annotations: {argosy.io/cluster: gpu}}
              securityContext: {runAsUser: 8737, runAsNonRoot: true}
              script:
                image: busybox
                command: [sh]
                source: |
                  id -u | tee /tmp/data
                  touch /etc/written 2>/dev/null && exit 9
                  exit 0
                securityContext: {readOnlyRootFilesystem: true, allowPrivilegeEscalation: false, capabilities: {drop: [ALL]}}
                volumeMounts: [{name: tmp, mountPath: /tmp}]
              volumes: [{name: tmp, emptyDir: {}}]
              outputs:
                artifacts: [{name: data, path: /tmp/data}]
                parameters: [{name: user, valueFrom: {path: /tmp/data}}]
            - name: use
              metadata: {annotations: {argosy.io/cluster: serving}}
              securityContext: {runAsUser: 8738, runAsNonRoot: true}
              inputs: {artifacts: [{name: data, path: /in/data}]}
              script:
                image: busybox
                command: [sh]
                source: grep -x 8737 /in/data
                securityContext: {readOnlyRootFilesystem: true, capabilities: {drop: [ALL]}}
            """);

        var ended = await run.SucceededAsync();

        Assert.Equal("8737", Story.Output(Story.Node(ended, "make"), "user"));
    }

    [Fact(Timeout = 180_000)]
    public async Task Patch_OfThePod_IsSeenInTheCluster()
    {
        TestFleet.Require();
        var run = await FeatureRun.SubmitAsync(fleet, """
            podSpecPatch: '{"containers": [{"name": "main", "env": [{"name": "WORD", "value": "patched"}]}]}'
            templates:
            - name: main
              metadata: {annotations: {argosy.io/cluster: gpu}, labels: {colour: blue}}
              podSpecPatch: '{"terminationGracePeriodSeconds": 7}'
              script: {image: busybox, command: [sh], source: "echo $WORD > /tmp/word"}
              outputs: {parameters: [{name: word, valueFrom: {path: /tmp/word}}]}
            """);

        var ended = await run.SucceededAsync();

        Assert.Equal("patched", Story.Output(Story.Pods(ended).Single(), "word"));
        var pod = Assert.Single(await fleet.Gpu.Member.ListAsync("pods", TestFleet.Default, run.Selector + ",colour=blue"));
        Assert.Equal(7, (int)pod["spec"]!["terminationGracePeriodSeconds"]!);
    }

    [Fact(Timeout = 180_000)]
    public async Task Result_LargerThanATerminationMessage_ArrivesWhole()
    {
        TestFleet.Require();
        var run = await FeatureRun.SubmitAsync(fleet, """
            templates:
            - name: main
              steps:
              - - {name: count, template: count}
              - - {name: use, template: use, arguments: {parameters: [{name: numbers, value: "{{steps.count.outputs.result}}"}]}}
            - name: count
              metadata: {annotations: {argosy.io/cluster: gpu}}
              script: {image: busybox, command: [sh], source: "seq 1 4000"}
            - name: use
              metadata: {annotations: {argosy.io/cluster: serving}}
              inputs: {parameters: [{name: numbers}]}
              script:
                image: busybox
                command: [sh]
                source: |
                  [ "$(echo '{{inputs.parameters.numbers}}' | tail -n 1)" = 4000 ]
            """);

        var ended = await run.SucceededAsync();

        Assert.Equal(string.Join('\n', Enumerable.Range(1, 4000)), (string?)Story.Node(ended, "count")["outputs"]!["result"]);
    }
}
