using System.Text.Json.Nodes;
using Argosy.Clusters.Hubs;

namespace Argosy.Clusters.PodTable;

/// <summary>A workflow for each way in which a pod can go wrong; all run at the same time, in gpu.</summary>
public sealed class PodTableRuns(TestFleet fleet) : IAsyncLifetime
{
    private readonly Dictionary<string, string> names = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Task<IReadOnlyList<string>>> pending = new(StringComparer.Ordinal);

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
            pending[row] = PendingUntilTheEndAsync(row);
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var row in pending.Values)
        {
            await ((Task)row).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing); // the row's test has told why
        }
    }

    /// <summary>What the row's pod node said of itself while it was pending, from the beginning; complete when the node has ended.</summary>
    internal Task<IReadOnlyList<string>> PendingAsync(string row) => pending[row];

    /// <summary>The row's only pod node, once it is as wanted.</summary>
    internal async Task<JsonObject> UntilAsync(string row, Predicate<JsonObject> isWanted)
    {
        var seen = await fleet.Api.UntilAsync(
            HubApi.Workflows(TestFleet.Default), names[row], workflow => Story.Pods(workflow).Any(pod => isWanted(pod)), TimeSpan.FromMinutes(3));
        return Story.Pods(seen).Single();
    }

    internal Task<JsonObject> EndedAsync(string row) => UntilAsync(row, IsOver);

    /// <summary>The pod of the row in the cluster, once it runs.</summary>
    internal async Task<string> RunningPodAsync(string row)
    {
        await UntilAsync(row, pod => (string?)pod["phase"] == "Running");
        var pods = await fleet.Gpu.Member.NamesAsync("pods", TestFleet.Default, $"workflows.argoproj.io/workflow={names[row]}");
        return Assert.Single(pods)["pod/".Length..];
    }

    private async Task<IReadOnlyList<string>> PendingUntilTheEndAsync(string row)
    {
        List<string> messages = [];
        await UntilAsync(row, pod =>
        {
            if ((string?)pod["phase"] == "Pending" && (string?)pod["message"] is { } message)
            {
                messages.Add(message);
            }

            return IsOver(pod);
        });
        return messages;
    }

    private static bool IsOver(JsonObject pod) => (string?)pod["phase"] is "Succeeded" or "Failed" or "Error";

    private static string Indented(string template) => string.Concat(template.Split('\n').Select(line => $"    {line}\n"));
}
