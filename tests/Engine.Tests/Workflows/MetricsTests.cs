using Argosy.Engine.Workflows;

namespace Argosy.Engine.Tests.Workflows;

/// <summary>Custom metrics of templates and workflows: when they are emitted, with what, and what is wrong with them.</summary>
public sealed class MetricsTests
{
    private static Story Leaf(string metric, string more = "", string workflow = "") => new($$$"""
        { {{{workflow}}} "entrypoint":"leaf","templates":[{"name":"leaf", {{{more}}} "container":{"image":"i"},"metrics":{"prometheus":[{{{metric}}}]}}]}
        """);

    private static List<MetricSample> Emitted(Story story) => [.. story.Orders.OfType<EmitMetric>().Select(order => order.Sample)];

    [Fact]
    public void Counter_IsEmittedOnce_WhenTheNodeHasEnded()
    {
        var story = Leaf("""{"name":"runs","help":"h","labels":[{"key":"status","value":"{{status}}"},{"key":"code","value":"{{exitCode}}"}],"counter":{"value":"1"}}""");
        story.Running("wf");
        Assert.Empty(Emitted(story));

        story.Fails("wf", "3");

        var sample = Assert.Single(Emitted(story));
        Assert.Equal(("runs", MetricType.Counter, 1d), (sample.Name, sample.Type, sample.Value));
        Assert.Equal(["status=Failed", "code=3"], sample.Labels.Select(label => $"{label.Key}={label.Value}"));
        Assert.DoesNotContain(WorkflowDecider.Decide(story.Replayed(), new Recovered(), story.Now).Orders, order => order is EmitMetric);
    }

    [Theory]
    [InlineData("{{status}} == Succeeded", 0)]
    [InlineData("{{status}} == Failed", 1)]
    public void When_DecidesWhetherItIsEmitted(string when, int times)
    {
        var story = Leaf($$$"""{"name":"runs","help":"h","when":"{{{when}}}","counter":{"value":"1"}}""");

        story.Fails("wf");

        Assert.Equal(times, Emitted(story).Count);
    }

    [Fact]
    public void Retry_EmitsOnce_ForAllAttempts_WithTheLastOnesOutputs()
    {
        var story = Leaf(
            """{"name":"v","help":"h","labels":[{"key":"retries","value":"{{retries}}"}],"gauge":{"value":"{{outputs.parameters.x}}","operation":"Add"}}""",
            """ "retryStrategy":{"limit":2},"outputs":{"parameters":[{"name":"x","valueFrom":{"path":"/x"}}]}, """);

        story.Fails("wf(0)").Succeeds("wf(1)", null, ("x", "4.5"));

        var sample = Assert.Single(Emitted(story));
        Assert.Equal((4.5, GaugeOperation.Add, "1"), (sample.Value, sample.Operation, sample.Labels[0].Value));
    }

    [Fact]
    public void Histogram_HasItsBuckets_AndUseOfResources()
    {
        var story = Leaf("""{"name":"cpu","help":"h","histogram":{"value":"{{resourcesDuration.cpu}}","buckets":[5,"1.5"]}}""");

        story.Report("wf", new PodStatus(PodPhase.Succeeded) { StartedAt = story.Now, FinishedAt = story.Now.AddSeconds(30) });

        var sample = Assert.Single(Emitted(story));
        Assert.Equal((3d, MetricType.Histogram), (sample.Value, sample.Type));
        Assert.Equal([1.5, 5], sample.Buckets);
    }

    [Fact]
    public void RealtimeGauge_GrowsFromTheStart_AlsoAfterARestart_AndEndsWithItsDuration()
    {
        var story = Leaf("""{"name":"d","help":"h","gauge":{"realtime":true,"value":"{{duration}}"}}""");
        var tracked = Assert.Single(story.Orders.OfType<TrackMetric>());
        Assert.Equal(story.Now, tracked.Since);
        Assert.Contains(tracked.Since, WorkflowDecider.Decide(story.Replayed(), new Recovered(), story.Now).Orders.OfType<TrackMetric>().Select(order => order.Since));

        story.Passes(TimeSpan.FromSeconds(12)).Succeeds("wf");

        Assert.Equal(12d, Assert.Single(Emitted(story)).Value);
    }

    [Theory]
    [InlineData("""{"name":"x","help":"h","counter":{"value":"{{outputs.parameters.none}}"}}""", "failed to resolve {{outputs.parameters.none}}")]
    [InlineData("""{"name":"x","help":"h","counter":{"value":"many"}}""", "'many' is not a number")]
    [InlineData("""{"name":"x","help":"h","when":"a b c","counter":{"value":"1"}}""", "when")]
    [InlineData("""{"name":"{{status}}-x","help":"h","counter":{"value":"1"}}""", "metric name 'Succeeded-x' is invalid")]
    [InlineData("""{"name":"x","help":"h","gauge":{"realtime":true,"value":"{{workflow.duration}}"}}""", "not available as a real time metric")]
    [InlineData("""{"name":"x","help":"h"}""", "must be a counter, a gauge or a histogram")]
    public void Metric_ThatIsWrong_IsACondition_AndTheWorkflowGoesOn(string metric, string message)
    {
        var story = Leaf(metric).Succeeds("wf");

        Assert.Equal(WorkflowPhase.Succeeded, story.State.Phase);
        Assert.Empty(Emitted(story));
        Assert.Contains(message, story.State.Belongings.Conditions[ConditionType.MetricsError], StringComparison.Ordinal);
    }

    [Fact]
    public void WorkflowMetrics_AreEmittedAtItsEnd_WithStatusAndDuration()
    {
        var story = new Story("""
            {"entrypoint":"leaf","metrics":{"prometheus":[
              {"name":"wf_duration","help":"h","labels":[{"key":"status","value":"{{workflow.status}}"}],"gauge":{"value":"{{workflow.duration}}"}},
              {"name":"wf_live","help":"h","gauge":{"realtime":true,"value":"{{workflow.duration}}"}}]},
             "templates":[{"name":"leaf","container":{"image":"i"}}]}
            """);
        Assert.Equal("wf_live", Assert.Single(story.Orders.OfType<TrackMetric>()).Sample.Name);

        story.Passes(TimeSpan.FromSeconds(5)).Fails("wf");

        Assert.Equal(["wf_duration 5 Failed", "wf_live 5 "], Emitted(story).Select(sample => $"{sample.Name} {sample.Value} {string.Concat(sample.Labels.Select(label => label.Value))}"));
    }

    [Fact]
    public void SkippedNodes_EmitNothing()
    {
        var story = new Story("""
            {"entrypoint":"main","templates":[{"name":"main","steps":[[{"name":"a","template":"leaf","when":"false"}]]},
             {"name":"leaf","container":{"image":"i"},"metrics":{"prometheus":[{"name":"x","help":"h","counter":{"value":"1"}}]}}]}
            """);

        Assert.Equal(WorkflowPhase.Succeeded, story.State.Phase);
        Assert.Empty(Emitted(story));
    }
}
