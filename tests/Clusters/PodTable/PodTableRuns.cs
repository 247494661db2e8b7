using System.Text.Json.Nodes;
using Argosy.Clusters.Hubs;

namespace Argosy.Clusters.PodTable;

/// <summary>A workflow for each way in which a pod can go wrong; all run at the same time, in gpu.</summary>
public sealed class PodTableRuns(TestFleet fleet) : IAsyncLifetime
{
    private readonly Dictionary<string, string> names = new(StringComparer.Ordinal);

    internal TestFleet Fleet => fleet;

    public async ValueTask InitializeAsync()
    {
        if (Members.TestClusters.Lacking is not null)
        {
            return;
        }

        foreach (var (row, template) in PodTableRows.Templates)
        {
            var workflow = Documents.Parse(
                $"""
                apiVersion: argoproj.io/v1alpha1
                kind: Workflow
                metadata:
                  name: table-{row}
                spec:
                  entrypoint: main
                  templates:
                  - name: main
                    metadata:
                      annotations:
                        argosy.io/cluster: gpu

                """ + Indented(template));
            var (name, refusal) = await fleet.Api.CreateAsync(workflow, TestFleet.Default);
            names[row] = name ?? throw new InvalidOperationException($"{row}: {refusal}");
        }
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    /// <summary>The row's only pod node, once it is as wanted.</summary>
    internal async Task<JsonObject> UntilAsync(string row, Predicate<JsonObject> isWanted)
    {
        var seen = await fleet.Api.UntilAsync(
            HubApi.Workflows(TestFleet.Default), names[row], workflow => Story.Pods(workflow).Any(pod => isWanted(pod)), TimeSpan.FromMinutes(3));
        return Story.Pods(seen).Single();
    }

    internal Task<JsonObject> EndedAsync(string row) =>
        UntilAsync(row, pod => (string?)pod["phase"] is "Succeeded" or "Failed" or "Error");

    /// <summary>The pod of the row in the cluster, once it runs.</summary>
    internal async Task<string> RunningPodAsync(string row)
    {
        await UntilAsync(row, pod => (string?)pod["phase"] == "Running");
        var pods = await fleet.Gpu.Member.NamesAsync("pods", TestFleet.Default, $"workflows.argoproj.io/workflow={names[row]}");
        return Assert.Single(pods)["pod/".Length..];
    }

    private static string Indented(string template) => string.Concat(template.Split('\n').Select(line => $"    {line}\n"));
}
