using System.Text.Json.Nodes;
using Argosy.ControlPlane.Archive;
using Argosy.ControlPlane.Resources;
using Argosy.Engine.Workflows;
using Microsoft.Extensions.Logging;

namespace Argosy.ControlPlane.Workflows;

/// <summary>
/// Shows a workflow's status in its object. A running workflow's status is only shown, for it can be worked out again from the journal; the
/// status at the end is stored. Rendering costs in proportion to the workflow's size, so a big workflow shows its status less often: it
/// spends at most a twentieth of its time on it.
/// </summary>
/// <remarks>Runs in the turns of its workflow's grain.</remarks>
internal sealed class StatusPublisher(
    IResources resources, NodeStore nodes, WorkflowState state, Baselines baselines, TimeProvider time, ILogger log) : IAsyncDisposable
{
    /// <summary>On ended workflows that have not cleaned up yet: after a restart they are taken up again.</summary>
    public const string CleanupAnnotation = "argosy.io/cleaning-up";

    private const int Share = 20;

    private readonly CancellationTokenSource stopping = new();
    private TimeSpan cost;
    private DateTimeOffset lastShown;
    private CancellationTokenSource? pausing;
    private Task? showing;
    private bool dirty;
    private bool endIsStored;
    private bool metadataStored;

    /// <summary>The state has changed: its status is shown soon, and at once where the workflow has ended.</summary>
    public void Changed()
    {
        dirty = true;
        showing ??= RunAsync();
        if (state.Phase.IsEnd())
        {
            pausing?.Cancel();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await stopping.CancelAsync();
        if (showing is not null)
        {
            await showing;
        }

        stopping.Dispose();
    }

    private async Task RunAsync()
    {
        await Task.Yield(); // the turn that changed the state goes first
        try
        {
            while (dirty && !stopping.IsCancellationRequested)
            {
                await PauseAsync();
                dirty = false;
                await ShowAsync();
            }
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // The grain is leaving; the next activation shows the status again.
        }
        finally
        {
            showing = null;
        }
    }

    private async Task PauseAsync()
    {
        var pause = (cost * Share) - (time.GetUtcNow() - lastShown);
        if (pause <= TimeSpan.FromMilliseconds(1) || state.Phase.IsEnd())
        {
            return;
        }

        using var cut = CancellationTokenSource.CreateLinkedTokenSource(stopping.Token);
        pausing = cut;
        await Task.Delay(pause, time, cut.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
        pausing = null;
        stopping.Token.ThrowIfCancellationRequested();
    }

    private async Task ShowAsync()
    {
        var key = new ResourceKey(Kinds.Workflow, state.Namespace, state.Name);
        try
        {
            var began = time.GetTimestamp();
            var status = WorkflowStatusView.Render(state);
            cost = time.GetElapsedTime(began);
            lastShown = time.GetUtcNow();
            if (state.Phase.IsEnd())
            {
                endIsStored = true;
                var durations = state.Phase == WorkflowPhase.Succeeded ? Estimation.Durations(state.Name, status) : null;
                await nodes.OffloadAsync(state.Uid, status, stopping.Token);
                if (await resources.ModifyAsync(key, workflow => Write(workflow, status), stopping.Token) is { } ended)
                {
                    baselines.Note(state.Namespace, ended, durations);
                }

                metadataStored = true;
            }
            else if (MetadataIsDue)
            {
                await resources.ModifyAsync(key, workflow => Write(workflow, status), stopping.Token);
                metadataStored = true;
                endIsStored = false;
            }
            else
            {
                if (endIsStored)
                {
                    // It was tried again: a hub that starts later must not take it for ended.
                    await resources.ModifyAsync(key, workflow => Write(workflow, new JsonObject { ["phase"] = state.Phase.ToText() }), stopping.Token);
                    endIsStored = false;
                }

                await resources.PublishAsync(key, workflow => Write(workflow, status), stopping.Token);
            }
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            WorkflowLog.StatusNotShown(log, failure, state.Namespace, state.Name);
            dirty = true;
            await Task.Delay(TimeSpan.FromSeconds(1), time, stopping.Token);
        }
    }

    private bool Write(JsonObject workflow, JsonObject status)
    {
        if (workflow["metadata"]?["uid"]?.GetValue<string>() != state.Uid)
        {
            return false; // another workflow of the same name
        }

        var metadata = (JsonObject)workflow["metadata"]!;
        if (metadata["labels"] is not JsonObject labels)
        {
            metadata["labels"] = labels = [];
        }

        if (!metadataStored)
        {
            WriteStamped(metadata, labels);
        }

        labels["workflows.argoproj.io/phase"] = state.Phase.ToText();
        labels["workflows.argoproj.io/completed"] = state.Phase.IsEnd() ? "true" : "false";
        if (!state.Phase.IsEnd())
        {
            labels.Remove(ArchiveController.StatusLabel);
        }
        else if (!labels.ContainsKey(ArchiveController.StatusLabel))
        {
            labels[ArchiveController.StatusLabel] = "Pending";
        }

        WriteCleanup(metadata);
        if (workflow["spec"] is JsonObject spec)
        {
            WriteSpec(spec);
        }

        workflow["status"] = status.Parent is null ? status : status.DeepClone(); // a second try finds it in the first one's copy
        return true;
    }

    /// <summary>What the workflow puts on its own object must outlast a restart; it is written once, and is its users' afterwards.</summary>
    private bool MetadataIsDue => !metadataStored
        && (state.Belongings.StampedLabels.Count + state.Belongings.StampedAnnotations.Count > 0 || ArtifactCollection.NeedsFinalizer(state));

    private void WriteStamped(JsonObject metadata, JsonObject labels)
    {
        foreach (var (name, value) in state.Belongings.StampedLabels)
        {
            labels[name] = value;
        }

        if (state.Belongings.StampedAnnotations.Count == 0)
        {
            return;
        }

        var annotations = Annotations(metadata);
        foreach (var (name, value) in state.Belongings.StampedAnnotations)
        {
            annotations[name] = value;
        }
    }

    private static JsonObject Annotations(JsonObject metadata)
    {
        if (metadata["annotations"] is not JsonObject annotations)
        {
            metadata["annotations"] = annotations = [];
        }

        return annotations;
    }

    private void WriteCleanup(JsonObject metadata)
    {
        if (state.Phase.IsEnd() && state.Belongings.Chores.Open.Count > 0)
        {
            Annotations(metadata)[CleanupAnnotation] = "true";
        }
        else
        {
            (metadata["annotations"] as JsonObject)?.Remove(CleanupAnnotation);
        }

        var finalizers = metadata["finalizers"] as JsonArray;
        var held = finalizers?.FirstOrDefault(finalizer => (string?)finalizer == ArtifactCollection.Finalizer);
        if (ArtifactCollection.NeedsFinalizer(state))
        {
            if (held is null)
            {
                metadata["finalizers"] = finalizers ??= [];
                finalizers.Add(ArtifactCollection.Finalizer);
            }
        }
        else if (held is not null && state.Belongings.CollectsArtifacts)
        {
            finalizers!.Remove(held);
            if (finalizers.Count == 0)
            {
                metadata.Remove("finalizers");
            }
        }
    }

    private void WriteSpec(JsonObject spec)
    {
        if (state.Suspended)
        {
            spec["suspend"] = true;
        }
        else
        {
            spec.Remove("suspend");
        }

        if (state.Shutdown != ShutdownStrategy.None)
        {
            spec["shutdown"] = state.Shutdown.ToString();
        }
        else
        {
            spec.Remove("shutdown");
        }
    }
}
