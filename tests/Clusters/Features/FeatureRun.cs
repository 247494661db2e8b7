using System.Text.Json.Nodes;
using Argosy.Clusters.Hubs;
using Argosy.Clusters.Members;
using Argosy.Scenarios.Hubs;

namespace Argosy.Clusters.Features;

/// <summary>One workflow of a feature's test, submitted as a user does.</summary>
internal sealed class FeatureRun(TestFleet fleet, string name, string uid)
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    public string Name => name;

    /// <summary>Finds whatever a cluster has of it.</summary>
    public string Selector => MemberCluster.Of(uid);

    public Task NothingLeftAsync(JoinedCluster cluster) => cluster.Member.NothingLeftAsync(TestFleet.Default, uid);

    /// <summary>Submits a workflow with these templates, of which the first is the entrypoint's.</summary>
    public static async Task<FeatureRun> SubmitAsync(TestFleet fleet, string spec, string name = "feature")
    {
        var file = fleet.Folder.Write(
            $"{name}-{Guid.NewGuid():N}.yaml",
            $"apiVersion: argoproj.io/v1alpha1\nkind: Workflow\nmetadata: {{generateName: {name}-}}\nspec:\n  entrypoint: main\n"
            + string.Concat(spec.Split('\n').Select(line => $"  {line}\n")));
        var submitted = (await fleet.ArgosyAsync("submit", file, "--output", "name")).Succeeded().Trim();
        var workflow = await fleet.Api.WorkflowAsync(TestFleet.Default, submitted);
        return new FeatureRun(fleet, submitted, (string)workflow["metadata"]!["uid"]!);
    }

    public Task<JsonObject> UntilAsync(Predicate<JsonObject> isWanted) =>
        fleet.Api.UntilAsync(HubApi.Workflows(TestFleet.Default), name, isWanted, Patience);

    public async Task<JsonObject> EndedAsync(string phase)
    {
        var ended = await fleet.Api.EndedAsync(TestFleet.Default, name, Patience);
        Assert.True(Story.PhaseOf(ended) == phase, $"not {phase}: {Story.Of(ended)}");
        return ended;
    }

    public Task<JsonObject> SucceededAsync() => EndedAsync("Succeeded");

    public Task<Finished> ArgosyAsync(string verb, params string[] more) => fleet.ArgosyAsync([verb, name, .. more]);

    /// <summary>What a cluster has of the workflow, as kind/name.</summary>
    public Task<IReadOnlyList<string>> HasAsync(JoinedCluster cluster, string kinds) => cluster.Member.NamesAsync(kinds, TestFleet.Default, Selector);
}
