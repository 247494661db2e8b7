using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Argosy.Clusters.Hubs;

namespace Argosy.Clusters.PodTable;

/// <summary>What becomes of a node whose pod goes wrong: each row provoked on a real pod.</summary>
public sealed class PodTableTests(PodTableRuns runs) : IClassFixture<PodTableRuns>
{
    [Theory(Timeout = 240_000)]
    [InlineData("exit-code", "Failed", @"exit code 3")]
    [InlineData("out-of-memory", "Failed", @"OOMKilled.*exit code 137")]
    [InlineData("deadline", "Failed", @"Pod was active on the node longer than the specified deadline|deadline")]
    [InlineData("no-input", "Error", @"data")]
    [InlineData("no-output", "Error", @"there-is-no-such-file")]
    [InlineData("no-command", "Failed|Error", @"there-is-no-such-command")]
    [InlineData("no-command-wrapped", "Failed", @"exit code 127")]
    public async Task Pod_ThatGoesWrong_EndsItsNodeWithTheReason(string row, string phase, string reason)
    {
        TestFleet.Require();
        var node = await runs.EndedAsync(row);

        Assert.Matches($"^({phase})$", (string?)node["phase"]);
        Assert.Matches(reason, (string?)node["message"] ?? "");
    }

    [Theory(Timeout = 240_000)]
    [InlineData("no-image", @"ErrImagePull|ImagePullBackOff")]
    [InlineData("unschedulable", @"Unschedulable")]
    [InlineData("no-config", @"CreateContainerConfigError.*there-is-no-such-map")]
    public async Task Pod_ThatCannotStart_SaysWhyWhileItIsPending_AndEndsAtItsDeadline(string row, string reason)
    {
        TestFleet.Require();
        var ended = await runs.EndedAsync(row);

        Assert.Equal("Failed", (string?)ended["phase"]);
        var told = await runs.PendingAsync(row);
        Assert.True(told.Any(message => Regex.IsMatch(message, reason)), $"{ended["message"]}; while it was pending: {string.Join("; ", told)}");
    }

    [Fact(Timeout = 240_000)]
    public async Task Pod_DeletedByHand_EndsItsNodeAsAnError()
    {
        TestFleet.Require();
        var pod = await runs.RunningPodAsync("deleted");

        (await runs.Fleet.Gpu.Member.KubectlAsync("delete", "pod", pod, "--wait=false", "--grace-period=1")).Succeeded();

        IsPodDeleted(await runs.EndedAsync("deleted"));
    }

    [Fact(Timeout = 240_000)]
    public async Task Pod_EvictedByTheApi_EndsItsNodeAsAnError()
    {
        TestFleet.Require();
        var pod = await runs.RunningPodAsync("evicted");
        var eviction = $$$"""{"apiVersion":"policy/v1beta1","kind":"Eviction","metadata":{"name":"{{{pod}}}","namespace":"default"},"deleteOptions":{"gracePeriodSeconds":1}}""";

        (await runs.Fleet.Gpu.Member.GiveAsync(eviction, "create", "--raw", $"/api/v1/namespaces/default/pods/{pod}/eviction", "-f", "-")).Succeeded();

        IsPodDeleted(await runs.EndedAsync("evicted"));
    }

    private static void IsPodDeleted(JsonObject node)
    {
        Assert.Equal("Error", (string?)node["phase"]);
        Assert.Contains("pod deleted", (string?)node["message"], StringComparison.Ordinal);
    }
}
