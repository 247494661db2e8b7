using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Argosy.ClusterAgent.Executors;
using Argosy.ClusterAgent.Kubernetes.Pods;
using Argosy.Contracts.Agents;
using Google.Protobuf.WellKnownTypes;

namespace Argosy.ClusterAgent.Tests.Kubernetes.Pods;

public sealed class PodBuilderTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 25, 12, 0, 0, TimeSpan.Zero);

    private static CancellationToken Patience => TestContext.Current.CancellationToken;

    [Fact]
    public async Task StepThatNeedsNothing_GetsNothing()
    {
        var spec = Spec(await BuildAsync(Intent("""{"container":{"image":"busybox","command":["true"]}}""")));

        Assert.Null(spec["initContainers"]);
        Assert.Null(spec["volumes"]);
        Assert.Equal("""["true"]""", MainOf(spec)["command"]!.ToJsonString());
    }

    [Fact]
    public async Task Pod_SaysWhichAttemptItIs_AndIsHeld()
    {
        var intent = Intent("""{"container":{"image":"busybox","command":["true"]}}""");

        var pod = await BuildAsync(intent);

        var kept = PodFields.Keep(pod);
        Assert.Equal(PodMarks.HashOf(intent.Key), kept.Label(PodMarks.Attempt));
        Assert.Equal(PodMarks.Held, kept.Label(PodMarks.State));
        Assert.Equal(intent.Key, PodBuilder.Remembered(kept)!.Key);
        Assert.Equal(PodMarks.Finalizer, (string?)pod["metadata"]!["finalizers"]![0]);
    }

    [Theory]
    [InlineData(0u, 0u, "wf-step-1")]
    [InlineData(0u, 2u, "wf-step-1-g0a2")]
    [InlineData(3u, 0u, "wf-step-1-g3a0")]
    public void Name_OfTheFirstAttempt_IsUpstreams_LaterOnesSayWhichTheyAre(uint generation, uint attempt, string name)
    {
        var intent = Intent("{}");
        (intent.Key.Generation, intent.Key.Attempt) = (generation, attempt);

        Assert.Equal(name, PodMarks.NameOf(intent));
    }

    [Fact]
    public void LongName_IsCut_NotItsAttempt()
    {
        var intent = Intent("{}");
        intent.PodName = new string('a', 253);
        intent.Key.Attempt = 7;

        Assert.Equal(253, PodMarks.NameOf(intent).Length);
        Assert.EndsWith("-g0a7", PodMarks.NameOf(intent), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(90, 90)]
    [InlineData(0, 1)]
    [InlineData(-5, 1)]
    public async Task Deadline_BecomesSecondsFromNow(int away, int seconds)
    {
        var intent = Intent("""{"container":{"image":"busybox","command":["true"]}}""");
        intent.Deadline = Timestamp.FromDateTimeOffset(Now.AddSeconds(away));

        Assert.Equal(seconds, (int)Spec(await BuildAsync(intent))["activeDeadlineSeconds"]!);
    }

    [Fact]
    public async Task Outputs_WrapTheCommand_AndBringTheExecutor()
    {
        var intent = Intent("""{"container":{"image":"busybox","command":["sh","-c"],"args":["echo 1 > /tmp/x"]}}""");
        intent.OutputParameters.Add(new OutputParameter { Name = "x", Path = "/tmp/x" });

        var spec = Spec(await BuildAsync(intent));

        var main = MainOf(spec);
        Assert.Equal("""["/var/run/argo/argosy-executor","run","--container","main","--"]""", main["command"]!.ToJsonString());
        Assert.Equal("""["sh","-c","echo 1 > /tmp/x"]""", JsonNode.Parse(main["args"]!.ToJsonString())!.ToJsonString(Plain));
        Assert.Equal("argosy/agent:test", (string?)spec["initContainers"]![0]!["image"]);
        Assert.Equal("/tmp/x", Plan(spec).Parameters.Single().Path);
    }

    [Fact]
    public async Task CommandThatTheManifestDoesNotName_ComesFromTheImage()
    {
        var intent = Intent("""{"container":{"image":"argoproj/argosay:v2","args":["echo","hello"]}}""");
        intent.CaptureResult = true;

        var main = MainOf(Spec(await BuildAsync(intent)));

        Assert.Equal("""["/entry","echo","hello"]""", main["args"]!.ToJsonString());
    }

    [Fact]
    public async Task CommandThatNobodyKnows_IsRefused_ASidecarsIsLeftToTheAgent()
    {
        var unknown = Intent("""{"container":{"image":"unknown"}}""");
        unknown.CaptureResult = true;
        var beside = Intent("""{"container":{"image":"busybox","command":["true"]},"sidecars":[{"name":"web","image":"unknown"}]}""");

        await Assert.ThrowsAsync<PodRefusedException>(() => BuildAsync(unknown));
        var spec = Spec(await BuildAsync(beside));

        Assert.Null(spec["containers"]![1]!["command"]);
        Assert.DoesNotContain("web", Plan(spec).Containers.Keys);
    }

    [Fact]
    public async Task Script_LiesWhereItsCommandLooks_HoweverLongItIs()
    {
        var source = string.Concat(Enumerable.Repeat("echo $(HOME) \"$$\"\n", 20_000));
        var intent = Intent(new JsonObject
        {
            ["script"] = new JsonObject { ["image"] = "busybox", ["command"] = new JsonArray("sh"), ["source"] = source },
        }.ToJsonString());

        var spec = Spec(await BuildAsync(intent));

        Assert.Equal(source, Plan(spec).Script);
        Assert.All(spec["initContainers"]![0]!["env"]!.AsArray(), variable => Assert.InRange(((string)variable!["value"]!).Length, 1, 128 * 1024 - 64));
        Assert.Contains(MainOf(spec)["volumeMounts"]!.AsArray(), mount => (string?)mount!["mountPath"] == "/argo/staging");
    }

    [Fact]
    public async Task Inputs_AreMountedAtTheirPaths_OrGoIntoTheVolumeTheyLieIn()
    {
        var intent = Intent("""{"container":{"image":"busybox","command":["true"],"volumeMounts":[{"name":"work","mountPath":"/work"}]}}""");
        intent.InputArtifacts.Add(new ArtifactTransfer { Name = "apart", Path = "/data/in" });
        intent.InputArtifacts.Add(new ArtifactTransfer { Name = "within", Path = "/work/in" });

        var spec = Spec(await BuildAsync(intent));

        var mounts = MainOf(spec)["volumeMounts"]!.AsArray();
        Assert.Contains(mounts, mount => (string?)mount!["mountPath"] == "/data/in" && (string?)mount["subPath"] == "apart");
        Assert.DoesNotContain(mounts, mount => (string?)mount!["mountPath"] == "/work/in");
        Assert.Equal(["/argo/inputs/artifacts/apart", "/mainctrfs/work/in"], Plan(spec).Inputs.Select(input => input.Target));
        Assert.Contains(spec["initContainers"]![0]!["volumeMounts"]!.AsArray(), mount => (string?)mount!["mountPath"] == "/mainctrfs/work");
    }

    [Fact]
    public async Task InitContainer_RunsAsTheStepDoes_AndAsksForNoMoreThanIt()
    {
        var intent = Intent(
            """{"container":{"image":"busybox","command":["true"],"securityContext":{"runAsUser":1000,"runAsNonRoot":true},"resources":{"limits":{"cpu":"1","memory":"64Mi","nvidia.com/gpu":"1"}}}}""");
        intent.CaptureResult = true;

        var init = Spec(await BuildAsync(intent))["initContainers"]![0]!;

        Assert.Equal(1000, (int)init["securityContext"]!["runAsUser"]!);
        Assert.Equal("""{"limits":{"cpu":"1","memory":"64Mi"}}""", init["resources"]!.ToJsonString());
    }

    [Fact]
    public async Task ContainerSet_KeepsItsOrder_InThePlan()
    {
        var intent = Intent(
            """{"containerSet":{"retryStrategy":{"retries":"2","duration":"5s"},"containers":[{"name":"a","image":"busybox","command":["true"]},{"name":"b","image":"busybox","command":["true"],"dependencies":["a"]}]}}""",
            """[{"name":"a","image":"busybox","command":["true"]},{"name":"b","image":"busybox","command":["true"]}]""");

        var plan = Plan(Spec(await BuildAsync(intent)));

        Assert.Equal(["a"], plan.Containers["b"].Dependencies);
        Assert.Equal((ContainerRole.Set, 2, 5000L), (plan.Containers["a"].Role, plan.Containers["a"].Retries, plan.Containers["a"].RetryPauseMilliseconds));
    }

    [Theory]
    [InlineData(120, 118)]
    [InlineData(2, 1)]
    [InlineData(0, 1)]
    public async Task Grace_OfTheCommand_EndsBeforeThePods(uint pods, int commands)
    {
        var intent = Intent("""{"container":{"image":"busybox","command":["true"]}}""");
        (intent.CaptureResult, intent.TerminationGraceSeconds) = (true, pods);

        Assert.Equal(commands, Plan(Spec(await BuildAsync(intent))).GraceSeconds);
    }

    [Theory]
    [InlineData(0, 4096)]
    [InlineData(1, 4096)]
    [InlineData(2, 3072)]
    [InlineData(10, 1024)]
    public async Task TerminationMessages_AreAsLongAsTheKubeletShowsThemInAPodOfSoManyContainers(int sidecars, int bytes)
    {
        var beside = string.Concat(Enumerable.Range(0, sidecars).Select(index => $$""",{"name":"s{{index}}","image":"busybox","command":["true"]}"""));
        var intent = Intent(
            """{"container":{"image":"busybox","command":["true"]}}""", $$"""[{"name":"main","image":"busybox","command":["true"]}{{beside}}]""");
        intent.CaptureResult = true;

        Assert.Equal(bytes, Plan(Spec(await BuildAsync(intent))).MessageBytes);
    }

    [Fact]
    public async Task PodThatTheHubCouldNotMake_IsRefusedWithItsReason()
    {
        var intent = Intent("{}");
        intent.PodError = "invalid podSpecPatch: line 3";

        Assert.Equal("invalid podSpecPatch: line 3", (await Assert.ThrowsAsync<PodRefusedException>(() => BuildAsync(intent))).Message);
    }

    private static readonly JsonSerializerOptions PlanSpelling = new(JsonSerializerDefaults.Web) { Converters = { new JsonStringEnumConverter() } };

    private static readonly JsonSerializerOptions Plain = new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private static Task<JsonObject> BuildAsync(PodIntent intent) => new PodBuilder(
        new PodOptions { Namespaces = ["default"], Image = "argosy/agent:test", ExecutorUrls = () => ["http://10.0.0.1:2748"] },
        (image, _, _, _) => image == "unknown" ? throw new PodRefusedException("unknown") : Task.FromResult(new ImageCommand(["/entry"], ["/cmd"])),
        new FixedTime(Now)).BuildAsync(intent, Patience);

    /// <summary>An intent whose pod has the template's containers, as the hub makes them.</summary>
    private static PodIntent Intent(string template, string? containers = null)
    {
        var json = JsonNode.Parse(template)!.AsObject();
        if (containers is null)
        {
            var main = (JsonObject?)(json["container"] ?? json["script"])?.DeepClone() ?? [];
            main.Remove("source");
            main["name"] = "main";
            containers = new JsonArray([main, .. (json["sidecars"] as JsonArray ?? []).Select(sidecar => sidecar!.DeepClone())]).ToJsonString();
        }

        return new PodIntent
        {
            Key = new AttemptKey { Namespace = "default", Workflow = "wf", WorkflowUid = "uid-1", NodeId = "wf-1" },
            PodName = "wf-step-1",
            NodeName = "wf.step",
            TemplateJson = template,
            PodJson = $$$"""{"apiVersion":"v1","kind":"Pod","metadata":{"name":"wf-step-1"},"spec":{"restartPolicy":"Never","containers":{{{containers}}}}}""",
            TerminationGraceSeconds = 30,
        };
    }

    private static JsonObject Spec(JsonObject pod) => pod["spec"]!.AsObject();

    private static JsonObject MainOf(JsonObject spec) => spec["containers"]![0]!.AsObject();

    private static ExecutorPlan Plan(JsonObject spec)
    {
        var plan = spec["initContainers"]![0]!["env"]!.AsArray().SelectMany(variable => Convert.FromBase64String((string)variable!["value"]!)).ToArray();
        return JsonSerializer.Deserialize<ExecutorPlan>(plan, PlanSpelling)!;
    }

    private sealed class FixedTime(DateTimeOffset now) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => now;
    }
}
