using System.Text.Json.Nodes;
using Argosy.Engine.Workflows;

namespace Argosy.Engine.Tests.Workflows;

/// <summary>Manifest in, pod out.</summary>
public sealed class PodManifestTests
{
    private const string Echo = """
        "container":{"image":"busybox","command":["echo"],"args":["hi"]}
        """;

    [Fact]
    public void Pod_OfAPlainTemplate_IsNamedAndMarkedAsArgoDoes()
    {
        var pod = Pod($$"""{"entrypoint":"a","templates":[{"name":"a",{{Echo}} }]}""");

        Assert.Equal("wf", (string?)pod["metadata"]!["name"]);
        Assert.Equal(
            """{"workflows.argoproj.io/workflow":"wf","workflows.argoproj.io/completed":"false"}""", pod["metadata"]!["labels"]!.ToJsonString());
        Assert.Equal(
            """
            {"workflows.argoproj.io/node-id":"wf","workflows.argoproj.io/node-name":"wf","workflows.argoproj.io/node-type":"Pod","workflows.argoproj.io/workflow-name":"wf","workflows.argoproj.io/workflow-uid":"uid-1","kubectl.kubernetes.io/default-container":"main"}
            """, pod["metadata"]!["annotations"]!.ToJsonString());
        Assert.Equal(("Never", "default"), ((string?)pod["spec"]!["restartPolicy"], (string?)pod["spec"]!["serviceAccountName"]));
    }

    [Fact]
    public void Environment_OfEveryContainer_HoldsArgosVariablesAfterItsOwn()
    {
        var pod = Pod("""
            {"entrypoint":"a","templates":[{"name":"a",
              "container":{"image":"busybox","command":["true"],"env":[{"name":"MINE","value":"1"}]},
              "initContainers":[{"name":"before","image":"busybox"}],"sidecars":[{"name":"beside","image":"busybox"}]}]}
            """);

        Assert.All(
            new[] { pod["spec"]!["initContainers"]![0]!, pod["spec"]!["containers"]![0]!, pod["spec"]!["containers"]![1]! },
            container =>
            {
                var names = container["env"]!.AsArray().Select(variable => (string)variable!["name"]!).ToList();
                Assert.Equal(
                    [
                        "ARGO_CONTAINER_NAME", "ARGO_TEMPLATE", "ARGO_NODE_ID", "ARGO_INCLUDE_SCRIPT_OUTPUT", "ARGO_DEADLINE", "ARGO_PROGRESS_FILE", "ARGO_WORKFLOW_NAME",
                        "ARGO_WORKFLOW_UID", "ARGO_POD_NAME", "ARGO_POD_UID", "ARGO_INSTANCE_ID", "ARGO_TERMINATION_GRACE_PERIOD_SECONDS",
                    ],
                    names.SkipWhile(name => name == "MINE"));
                Assert.Equal((string?)container["name"], Variable(container, "ARGO_CONTAINER_NAME"));
            });
        Assert.Equal("0001-01-01T00:00:00Z", Variable(pod["spec"]!["containers"]![0]!, "ARGO_DEADLINE"));
        Assert.Equal("MINE", (string?)pod["spec"]!["containers"]![0]!["env"]![0]!["name"]);
    }

    [Fact]
    public void Metadata_OfTemplateAndWorkflow_TheTemplatesStandsOver()
    {
        var pod = Pod($$$"""
            {"entrypoint":"a","arguments":{"parameters":[{"name":"team","value":"blue"}]},
             "podMetadata":{"labels":{"team":"{{workflow.parameters.team}}","rank":"low"},"annotations":{"why":"shared"}},
             "templates":[{"name":"a","metadata":{"labels":{"rank":"high"}},{{{Echo}}} }]}
            """);

        Assert.Equal(("blue", "high", "shared"), (
            (string?)pod["metadata"]!["labels"]!["team"], (string?)pod["metadata"]!["labels"]!["rank"], (string?)pod["metadata"]!["annotations"]!["why"]));
    }

    [Fact]
    public void Scheduling_NotInTheTemplate_ComesFromTheTemplateAroundItAndThenTheWorkflow()
    {
        var story = new Story($$"""
            {"entrypoint":"main","nodeSelector":{"of":"workflow"},"tolerations":[{"key":"of-workflow"}],"affinity":{"nodeAffinity":{} },
             "schedulerName":"slow","podPriorityClassName":"low","securityContext":{"runAsUser":1},"hostAliases":[{"ip":"10.0.0.1","hostnames":["a"]}],
             "dnsPolicy":"Default","hostNetwork":true,"imagePullSecrets":[{"name":"pull"}],"automountServiceAccountToken":false,
             "templates":[
              {"name":"main","nodeSelector":{"of":"boundary"},"steps":[[{"name":"plain","template":"plain"},{"name":"own","template":"own"}]]},
              {"name":"plain",{{Echo}} },
              {"name":"own","nodeSelector":{"of":"template"},"schedulerName":"fast","priorityClassName":"high","serviceAccountName":"me",
               "hostAliases":[{"ip":"10.0.0.2","hostnames":["b"]}],{{Echo}} }]}
            """);

        var plain = PodManifest.Of(story.State, story["wf[0].plain"])["spec"]!;
        var own = PodManifest.Of(story.State, story["wf[0].own"])["spec"]!;

        Assert.Equal(("boundary", "of-workflow"), ((string?)plain["nodeSelector"]!["of"], (string?)plain["tolerations"]![0]!["key"]));
        Assert.Equal(("slow", "low", "default", 1), (
            (string?)plain["schedulerName"], (string?)plain["priorityClassName"], (string?)plain["serviceAccountName"], (int)plain["securityContext"]!["runAsUser"]!));
        Assert.Equal(("template", "fast", "high", "me"), (
            (string?)own["nodeSelector"]!["of"], (string?)own["schedulerName"], (string?)own["priorityClassName"], (string?)own["serviceAccountName"]));
        Assert.Equal(["10.0.0.1", "10.0.0.2"], own["hostAliases"]!.AsArray().Select(alias => (string?)alias!["ip"]));
        Assert.Equal(("Default", true, "pull", false), (
            (string?)own["dnsPolicy"], (bool)own["hostNetwork"]!, (string?)own["imagePullSecrets"]![0]!["name"], (bool)own["automountServiceAccountToken"]!));
    }

    [Fact]
    public void PodSpecPatches_OfWorkflowAndTemplate_MergeInThisOrder()
    {
        var pod = Pod("""
            {"entrypoint":"a","arguments":{"parameters":[{"name":"memory","value":"1Gi"}]},
             "podSpecPatch":"{\"containers\":[{\"name\":\"main\",\"resources\":{\"limits\":{\"cpu\":\"1\",\"memory\":\"{{workflow.parameters.memory}}\"}}}],\"nodeSelector\":{\"a\":\"1\"}}",
             "templates":[{"name":"a","podSpecPatch":"containers:\n- name: main\n  resources:\n    limits:\n      cpu: '2'\n- name: added\n  image: busybox\nnodeSelector:\n  a: null\n",
               "container":{"image":"busybox","command":["true"],"volumeMounts":[{"name":"v","mountPath":"/v"}]},"volumes":[{"name":"v","emptyDir":{}}]}]}
            """);

        Assert.Equal("""{"cpu":"2","memory":"1Gi"}""", pod["spec"]!["containers"]![0]!["resources"]!["limits"]!.ToJsonString());
        Assert.Equal(["main", "added"], pod["spec"]!["containers"]!.AsArray().Select(container => (string?)container!["name"]));
        Assert.Equal("/v", (string?)pod["spec"]!["containers"]![0]!["volumeMounts"]![0]!["mountPath"]);
        Assert.Equal("{}", pod["spec"]!["nodeSelector"]!.ToJsonString());
    }

    [Fact]
    public void Volumes_OfTheWorkflow_AreInThePodThatMountsThem()
    {
        const string Spec = """
            {"entrypoint":"main","volumeClaimTemplates":[{"metadata":{"name":"work"}}],"volumes":[{"name":"conf","configMap":{"name":"{{workflow.name}}-conf"}}],
             "templates":[
              {"name":"main","steps":[[{"name":"with","template":"with"},{"name":"without","template":"without"}]]},
              {"name":"with","container":{"image":"i","command":["c"],"volumeMounts":[{"name":"work","mountPath":"/w"},{"name":"conf","mountPath":"/c"}]},
               "sidecars":[{"name":"s","image":"i","mirrorVolumeMounts":true,"volumeMounts":[{"name":"conf","mountPath":"/w"}]}]},
              {"name":"without","container":{"image":"i","command":["c"]}}]}
            """;
        var story = new Story(Spec);

        var with = PodManifest.Of(story.State, story["wf[0].with"])["spec"]!;

        Assert.Equal(
            """[{"name":"work","persistentVolumeClaim":{"claimName":"wf-work"}},{"name":"conf","configMap":{"name":"wf-conf"}}]""", with["volumes"]!.ToJsonString());
        Assert.Equal(
            """[{"name":"conf","mountPath":"/w"},{"name":"conf","mountPath":"/c"}]""", with["containers"]![1]!["volumeMounts"]!.ToJsonString());
        Assert.Null(with["containers"]![1]!["mirrorVolumeMounts"]);
        Assert.Null(PodManifest.Of(story.State, story["wf[0].without"])["spec"]!["volumes"]);
    }

    [Fact]
    public void VolumeThatNobodyDeclares_Mounted_IsAnError()
    {
        var story = new Story("""{"entrypoint":"a","templates":[{"name":"a","container":{"image":"i","command":["c"],"volumeMounts":[{"name":"v","mountPath":"/v"}]}}]}""");

        Assert.Equal((NodePhase.Error, "volume 'v' not found in workflow spec"), (story["wf"].Phase, story["wf"].Message));
    }

    [Fact]
    public void ScriptAndContainerSet_BecomeContainersThatKubernetesKnows()
    {
        var script = Pod("""{"entrypoint":"a","templates":[{"name":"a","script":{"image":"i","command":["sh"],"source":"echo hi"}}]}""");
        var set = Pod("""
            {"entrypoint":"a","templates":[{"name":"a","volumes":[{"name":"w","emptyDir":{}}],"containerSet":{"volumeMounts":[{"name":"w","mountPath":"/w"}],
              "containers":[{"name":"a","image":"i"},{"name":"main","image":"i","dependencies":["a"]}]}}]}
            """);

        Assert.Equal("""["/argo/staging/script"]""", script["spec"]!["containers"]![0]!["args"]!.ToJsonString());
        Assert.Null(script["spec"]!["containers"]![0]!["source"]);
        Assert.Equal(["a", "main"], set["spec"]!["containers"]!.AsArray().Select(container => (string?)container!["name"]));
        Assert.All(set["spec"]!["containers"]!.AsArray(), container => Assert.Equal("/w", (string?)container!["volumeMounts"]![0]!["mountPath"]));
        Assert.Null(set["spec"]!["containers"]![1]!["dependencies"]);
    }

    [Fact]
    public void RetryThatAvoidsEarlierHosts_SecondAttempt_RunsElsewhere()
    {
        var story = new Story($$$"""
            {"entrypoint":"a","templates":[{"name":"a","retryStrategy":{"limit":"2","affinity":{"nodeAntiAffinity":{}} },{{{Echo}}} }]}
            """);
        story.Report("wf(0)", new PodStatus(PodPhase.Running) { Host = "kube-1" }).Fails("wf(0)");

        Assert.Null(PodManifest.Of(story.State, story["wf(0)"])["spec"]!["affinity"]);
        Assert.Equal(
            """{"nodeAffinity":{"requiredDuringSchedulingIgnoredDuringExecution":{"nodeSelectorTerms":[{"matchExpressions":[{"key":"kubernetes.io/hostname","operator":"NotIn","values":["kube-1"]}]}]}}}""",
            PodManifest.Of(story.State, story["wf(1)"])["spec"]!["affinity"]!.ToJsonString());
    }

    [Fact]
    public void PodNameFormatV1_NamesPodsAfterTheirNodes()
    {
        var manifest = (JsonObject)JsonNode.Parse($$"""
            {"metadata":{"name":"wf","uid":"u","annotations":{"workflows.argoproj.io/pod-name-format":"v1"} },
             "spec":{"entrypoint":"m","templates":[{"name":"m","steps":[[{"name":"s","template":"a"}]]},{"name":"a",{{Echo}} }]} }
            """)!;
        var state = new WorkflowState();
        WorkflowDecider.Decide(state, new Submitted(manifest), DateTimeOffset.UnixEpoch);
        var node = state.Find("wf[0].s")!;

        Assert.Equal(state.IdOf(node), PodRequests.Of(state, node).PodName);
    }

    [Theory]
    [InlineData("deploy-{{inputs.parameters.env}}", "deploy-prod")]
    [InlineData("not a name!", "s")]
    public void DisplayNameAnnotation_OfATemplate_IsShownWhereItIsAName(string wish, string expected)
    {
        var story = new Story($$$"""
            {"entrypoint":"m","templates":[{"name":"m","steps":[[{"name":"s","template":"a","arguments":{"parameters":[{"name":"env","value":"prod"}]}}]]},
              {"name":"a","annotations":{"workflows.argoproj.io/display-name":"{{{wish}}}"},"inputs":{"parameters":[{"name":"env"}]},{{{Echo}}} }]}
            """);

        var shown = WorkflowStatusView.Render(story.State)["nodes"]![story.State.IdOf(story["wf[0].s"])]!;

        Assert.Equal(expected, (string?)shown["displayName"]);
    }

    [Fact]
    public void PodsThatShareAClaim_PlacedTogether_StayInOneCluster()
    {
        var clusters = new Queue<string>(["north", "south"]);
        var shared = new Story(
            """
            {"entrypoint":"main","suspend":true,"volumeClaimTemplates":[{"metadata":{"name":"work"}}],
             "templates":[{"name":"main","steps":[[{"name":"one","template":"use"}],[{"name":"two","template":"use"}]]},
              {"name":"use","container":{"image":"i","command":["c"],"volumeMounts":[{"name":"work","mountPath":"/w"}]}}]}
            """)
        {
            Cluster = rule => rule.Cluster ?? clusters.Dequeue(),
        };

        shared.Take(new ResumeAsked(null)).Succeeds("wf[0].one");

        Assert.Equal(("north", "north"), (shared["wf[0].one"].Cluster, shared["wf[1].two"].Cluster));
        Assert.Equal("north", shared.Replayed().ClaimHomes["wf-work"]);
        Assert.Equal("south", clusters.Peek());
    }

    private static JsonObject Pod(string spec)
    {
        var story = new Story(spec);
        return PodManifest.Of(story.State, story["wf"]);
    }

    private static string? Variable(JsonNode container, string name) =>
        (string?)container["env"]!.AsArray().First(variable => (string?)variable!["name"] == name)!["value"];
}
