using System.Text.Json.Nodes;
using Argosy.ClusterAgent.Connection;
using Argosy.ClusterAgent.Kubernetes.Api;
using Argosy.Contracts.Agents;

namespace Argosy.ClusterAgent.Podless.Resources;

/// <summary>
/// Waits for what becomes of one object: by a watch, so that it is seen at once, or by looking every few seconds where the service account may
/// get the object but not watch it.
/// </summary>
internal sealed class ObjectWait(KubernetesClient client, Persistence persistence, TimeProvider time)
{
    /// <summary>As upstream looks.</summary>
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan BetweenWatches = TimeSpan.FromSeconds(1);

    /// <summary>The first state of the object that meets a condition.</summary>
    /// <exception cref="ResourceFailureException">The object was deleted meanwhile.</exception>
    public async Task<(ObjectVerdict Verdict, JsonObject Object)> UntilAsync(
        ResourceTarget target, ObjectConditions conditions, CancellationToken cancellationToken)
    {
        var mayWatch = true;
        while (true)
        {
            var found = await LookAsync(target, cancellationToken) ?? throw Deleted($"{target.Spelled} not found");
            if (conditions.Judge(found) is { Outcome: not ObjectOutcome.Undecided } verdict)
            {
                return (verdict, found);
            }

            if (mayWatch)
            {
                try
                {
                    if (await WatchAsync(target, found, conditions, cancellationToken) is { } met)
                    {
                        return met;
                    }
                }
                catch (KubernetesException refusal)
                {
                    mayWatch = refusal.IsTransient || refusal.IsExpired;
                }
            }

            await Task.Delay(mayWatch ? Jitter.About(BetweenWatches) : Period, time, cancellationToken);
        }
    }

    /// <summary>Waits until the object is gone, or another has its name.</summary>
    /// <returns>False when it took longer than <paramref name="patience"/>.</returns>
    public async Task<bool> UntilGoneAsync(ResourceTarget target, TimeSpan? patience, CancellationToken cancellationToken)
    {
        var (began, uid) = (time.GetTimestamp(), (string?)null);
        for (var pause = TimeSpan.FromMilliseconds(200); ; pause = TimeSpan.FromTicks(Math.Min(pause.Ticks * 2, Period.Ticks)))
        {
            JsonObject? found;
            try
            {
                found = await LookAsync(target, cancellationToken);
            }
            catch (KubernetesException refusal) when (refusal.Code == 403)
            {
                return true; // it may delete but not look; kubectl does not wait then either
            }

            var seen = (string?)found?["metadata"]?["uid"];
            if (found is null || (uid ??= seen) != seen)
            {
                return true;
            }

            if (patience is { } limit && time.GetElapsedTime(began) >= limit)
            {
                return false;
            }

            await Task.Delay(pause, time, cancellationToken);
        }
    }

    private async Task<(ObjectVerdict, JsonObject)?> WatchAsync(
        ResourceTarget target, JsonObject from, ObjectConditions conditions, CancellationToken cancellationToken)
    {
        var one = new ListQuery { FieldSelector = $"metadata.name={target.Name}" };
        var version = (string?)from["metadata"]?["resourceVersion"] ?? "";
        await foreach (var told in client.WatchAsync(target.Type, target.Namespace, one, version, cancellationToken))
        {
            if (told.Type == WatchEventType.Deleted)
            {
                throw Deleted($"{target.Spelled} not found");
            }

            if (told.Type != WatchEventType.Bookmark && conditions.Judge(told.Object) is { Outcome: not ObjectOutcome.Undecided } verdict)
            {
                return (verdict, told.Object);
            }
        }

        return null;
    }

    private Task<JsonObject?> LookAsync(ResourceTarget target, CancellationToken cancellationToken) =>
        persistence.UntilDoneAsync(token => client.FindAsync(target.Type, target.Namespace, target.Name, token), cancellationToken);

    private static ResourceFailureException Deleted(string why) =>
        new($"The resource has been deleted while its status was still being checked. Will not be retried: {why}");
}
