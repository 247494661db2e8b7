using System.Text.Json.Nodes;
using Argosy.ClusterAgent.Connection;
using Argosy.ClusterAgent.Embedded.Runs;
using Argosy.ClusterAgent.Kubernetes.Api;
using Argosy.ClusterAgent.Pods;
using Argosy.Contracts.Agents;
using Microsoft.Extensions.Logging;

namespace Argosy.ClusterAgent.Kubernetes.Pods;

/// <summary>
/// Brings one attempt's pod from what it is to what it should be: made, ended, told of, let go. Looks at both each time it is called and never asks
/// why it was called.
/// </summary>
internal sealed class AttemptLife(
    PodOptions options, PodBuilder builder, PodWrites writes, WorkflowObjects belongings, PodOutcomes outcomes, KubernetesClient client, IReportSink reports,
    Action<HeldAttempt> forget, TimeProvider time, ILogger logger, CancellationToken ends) : IDisposable
{
    // Beyond the grace period: for the kubelet to notice.
    private static readonly TimeSpan TimeToEnd = TimeSpan.FromSeconds(5);

    private readonly SemaphoreSlim _building = new(options.BuildsAtOnce);
    private readonly SemaphoreSlim _creating = new(options.CreationsAtOnce);

    /// <summary>Looks at the attempt; what went wrong and may pass is tried again after a pause.</summary>
    public async Task LookAsync(HeldAttempt attempt)
    {
        try
        {
            await StepAsync(attempt);
            attempt.Failures = 0;
        }
        catch (OperationCanceledException) when (ends.IsCancellationRequested)
        {
            // The next life of the agent finds everything in the cluster.
        }
        catch (Exception failure)
        {
            TryAgain(attempt, failure);
        }
    }

    public void Dispose()
    {
        _building.Dispose();
        _creating.Dispose();
    }

    private async Task StepAsync(HeldAttempt attempt)
    {
        var pod = attempt.IsUnwanted && attempt.MayBeMade ? await MadeUnheardAsync(attempt) : attempt.Pod;
        if (attempt.IsReleased || attempt.IsRemoved)
        {
            await LetGoAsync(attempt, pod);
            return;
        }

        if (attempt.IsOver)
        {
            if (pod is not null)
            {
                await EndOthersAsync(attempt, pod, PodStatusTable.Read(pod, time.GetUtcNow()));
            }

            return;
        }

        if (pod is null)
        {
            if (attempt.IsMade)
            {
                Vanished(attempt);
            }
            else if (attempt.Cancelled is { } cancelled)
            {
                End(attempt, CancelledBeforeStart(attempt.Key, cancelled));
            }
            else
            {
                await MakeAsync(attempt);
            }

            return;
        }

        await FollowAsync(attempt, pod);
    }

    /// <summary>The pod whose creation was tried and not answered; null where there is none.</summary>
    private async Task<JsonObject?> MadeUnheardAsync(HeldAttempt attempt)
    {
        if (await client.FindAsync(ResourceType.Pod, attempt.Key.Namespace, attempt.PodName, ends) is { } present && present.Label(PodMarks.Attempt) == attempt.Hash)
        {
            attempt.Made(PodFields.Keep(present));
        }

        return attempt.Pod;
    }

    /// <summary>The report of an attempt that was cancelled and of which there is no pod.</summary>
    public static NodeReport CancelledBeforeStart(AttemptKey key, CancelIntent cancelled) => new()
    {
        Key = key,
        Phase = cancelled.DaemonDone ? PodPhase.PodSucceeded : PodPhase.PodFailed,
        Message = cancelled.DaemonDone ? "" : PodMessages.CancelledBeforeStart,
    };

    private async Task FollowAsync(HeldAttempt attempt, JsonObject pod)
    {
        var reading = PodStatusTable.Read(pod, time.GetUtcNow());
        if (attempt.Cancelled is { } cancelled && !reading.IsOver && pod.Annotation(PodMarks.Cancelled) is null)
        {
            await writes.StopAsync(pod, PodMessages.Cancelled(cancelled.Reason), cancelled.DaemonDone, ends);
        }
        else if (!reading.IsOver && pod.Annotation(PodMarks.Cancelled) is not null)
        {
            await writes.EndUnbegunAsync(pod, ends); // whoever stopped it may have died before that
        }

        await EndOthersAsync(attempt, pod, reading);

        if (reading.IsOver)
        {
            End(attempt, await outcomes.FinalAsync(attempt, pod, reading, ends));
        }
        else
        {
            attempt.Report(PodOutcomes.Report(attempt, pod, reading));
            if (pod.Time("metadata", "deletionTimestamp") is not null)
            {
                attempt.WakeAfter(PodStatusTable.SilenceAfterDeletion + TimeSpan.FromSeconds(1), time, LookAsync);
            }
        }
    }

    /// <summary>Ends what runs on beside work that is over. Executors end their own sidecars, and get the time that they may take.</summary>
    /// <returns>Whether something still has to end.</returns>
    private async Task<bool> EndOthersAsync(HeldAttempt attempt, JsonObject pod, PodReading reading)
    {
        if (!reading.LeavesOthersRunning || pod.Annotation(PodMarks.Tidied) is not null)
        {
            return false;
        }

        var patience = pod.Annotation(PodMarks.Executor) is null ? TimeSpan.Zero : TimeSpan.FromSeconds(attempt.Intent.TerminationGraceSeconds) + TimeToEnd;
        var left = (reading.Finished ?? time.GetUtcNow()) + patience - time.GetUtcNow();
        if (left > TimeSpan.Zero)
        {
            attempt.WakeAfter(left, time, LookAsync);
            return true;
        }

        await writes.TidyAsync(pod, ends);
        return false;
    }

    private async Task MakeAsync(HeldAttempt attempt)
    {
        var intent = attempt.Intent; // the whole of it: the attempt keeps less as soon as the watch tells of its pod
        if (attempt.IsMade)
        {
            return;
        }

        try
        {
            if (await BuildAsync(attempt, intent) is { } pod)
            {
                await SendAsync(attempt, intent, pod);
            }
        }
        catch (PodRefusedException refused)
        {
            End(attempt, new NodeReport { Key = attempt.Key, Phase = PodPhase.PodError, Message = refused.Message });
        }
        catch (KubernetesException refusal) when (!refusal.IsTransient && refusal.Code != 403 && refusal.Code != 409)
        {
            End(attempt, new NodeReport { Key = attempt.Key, Phase = PodPhase.PodError, Message = refusal.Message });
        }
    }

    /// <summary>Puts the pod together. Registries may be asked, which takes seconds and must not keep other pods from being sent.</summary>
    /// <returns>Null where nobody wants it any more; whoever changed their mind has woken the attempt.</returns>
    private async Task<JsonObject?> BuildAsync(HeldAttempt attempt, PodIntent intent)
    {
        await _building.WaitAsync(ends);
        try
        {
            return attempt.IsUnwanted ? null : await builder.BuildAsync(intent, ends);
        }
        finally
        {
            _building.Release();
        }
    }

    private async Task SendAsync(HeldAttempt attempt, PodIntent intent, JsonObject pod)
    {
        await _creating.WaitAsync(ends);
        try
        {
            if (attempt.IsUnwanted)
            {
                return;
            }

            await belongings.MakeAsync(intent, ends);
            attempt.TryToMake();
            var made = await CreateAsync(attempt, pod);
            attempt.Made(PodFields.Keep(made));
            reports.Accepted(attempt.Key);
            attempt.Wake(LookAsync);
        }
        finally
        {
            _creating.Release();
        }
    }

    /// <returns>The pod, new or made before.</returns>
    private async Task<JsonObject> CreateAsync(HeldAttempt attempt, JsonObject pod)
    {
        var @namespace = attempt.Key.Namespace;
        try
        {
            return await writes.CreateAsync(@namespace, pod, ends);
        }
        catch (KubernetesException taken) when (taken.IsAlreadyThere)
        {
            if (await client.FindAsync(ResourceType.Pod, @namespace, attempt.PodName, ends) is not { } present)
            {
                throw new KubernetesException(409, "Conflict", $"{taken.Message}, and is going");
            }

            if (present.Label(PodMarks.Attempt) == attempt.Hash)
            {
                return present;
            }

            if (present.Label(PodMarks.Managed) is null)
            {
                throw new PodRefusedException($"{taken.Message}, and is not Argosy's: delete it, or give the workflow another name");
            }

            if (present.Label(PodMarks.State) == PodMarks.Released)
            {
                await writes.RemoveAsync(present, ends); // of an earlier workflow of the same name
            }

            throw new KubernetesException(409, "Conflict", $"{taken.Message}: it is of workflow {present.Label(PodMarks.WorkflowUid)}, and has to go first");
        }
    }

    /// <summary>The finalizer was taken from the pod by hand, or the cluster has lost it.</summary>
    private void Vanished(HeldAttempt attempt) => End(
        attempt,
        attempt.Cancelled is { } cancelled
            ? CancelledBeforeStart(attempt.Key, cancelled)
            : new NodeReport { Key = attempt.Key, Phase = PodPhase.PodError, Message = "pod deleted" });

    private void End(HeldAttempt attempt, NodeReport final)
    {
        attempt.IsOver = true;
        attempt.Report(final);
        logger.Ended(final.Key.Workflow, final.Key.NodeId, final.Phase, final.Message);
    }

    private async Task LetGoAsync(HeldAttempt attempt, JsonObject? pod)
    {
        if (pod is not null && attempt.IsRemoved)
        {
            await writes.RemoveAsync(pod, ends);
        }
        else if (pod is not null)
        {
            var reading = PodStatusTable.Read(pod, time.GetUtcNow());
            if (await EndOthersAsync(attempt, pod, reading))
            {
                return; // it is looked at again when they have ended, or should have
            }

            await writes.ReleaseAsync(pod, reading.IsOver, ends);
        }

        forget(attempt);
        await belongings.LetGoAsync(attempt.Key.WorkflowUid, attempt.Key.Namespace, ends);
    }

    private void TryAgain(HeldAttempt attempt, Exception failure)
    {
        var pause = options.PauseAfter(attempt.Failures++);
        logger.StepFailed(attempt.Key.Workflow, attempt.Key.NodeId, failure.Message, pause);
        if (!attempt.IsMade && !attempt.IsReleased)
        {
            attempt.Report(new NodeReport { Key = attempt.Key, Phase = PodPhase.PodPending, Message = failure.Message });
        }

        attempt.WakeAfter(Jitter.About(pause), time, LookAsync);
    }
}
