using System.Globalization;
using Argosy.Engine.Expressions;
using Argosy.Engine.Templates;

namespace Argosy.Engine.Workflows;

/// <summary>
/// A Retry node: attempts, one after another, until one does not fail or the strategy says stop. The order of the questions is upstream's.
/// </summary>
internal static class RetryEvaluation
{
    public static void Advance(Turn turn, Node retry)
    {
        var state = turn.State;
        var template = turn.TemplateOf(retry);
        if (retry.Members.Count == 0)
        {
            Attempt(turn, retry, template);
            return;
        }

        var last = state[retry.Members[^1]];
        if (!last.IsFulfilled)
        {
            return;
        }

        if (!last.Phase.IsEnd())
        {
            if (!retry.Daemoned)
            {
                turn.Record(new NodeDaemoned(retry.Index, last.PodIp ?? ""));
                Locks.GiveUp(turn, retry);
                turn.Notify(retry.Owner, retry.Index);
            }

            return;
        }

        if (!last.Phase.IsFailure())
        {
            turn.End(retry, NodePhase.Succeeded, null, last.Outputs);
            return;
        }

        var verdict = Judge(turn, retry, last, template);
        if (verdict.Wait is { } until)
        {
            if (until > turn.Now)
            {
                turn.Record(new NodePhaseChanged(retry.Index, NodePhase.Running, verdict.Message, until));
                return;
            }

            Attempt(turn, retry, template);
        }
        else
        {
            turn.End(retry, last.Phase, verdict.Message ?? last.Message, last.Outputs);
        }
    }

    private static void Attempt(Turn turn, Node retry, Template template)
    {
        var ordinal = retry.Members.Count == 0 ? 0 : turn.State[retry.Members[^1]].Ordinal + 1;
        var call = new Call(NodeNames.Attempt(retry.Name, ordinal), template, retry.Scope, retry.Index, retry.Boundary)
        {
            TemplateName = retry.TemplateName,
            StepName = retry.StepName,
            Ordinal = ordinal,
            Flags = (retry.Flags & (NodeFlags.Exempt | NodeFlags.CaptureResult)) | NodeFlags.Retried,
            Variables = new WorkflowVariables(turn.State, turn.Now),
        };
        if (Launching.Launch(turn, call) == CallOutcome.Refused)
        {
            turn.End(retry, NodePhase.Failed, Launching.RefusalOf(turn.State));
        }
    }

    private readonly record struct Verdict(DateTimeOffset? Wait, string? Message)
    {
        public static Verdict Stop(string? message) => new(null, message);

        public static Verdict Again(DateTimeOffset at, string? message = null) => new(at, message);
    }

    private static Verdict Judge(Turn turn, Node retry, Node last, Template template)
    {
        var state = turn.State;
        var strategy = Render(turn, retry, template.RetryStrategy!);
        if (state.Shutdown != ShutdownStrategy.None && Launching.IsRefused(state, retry.Flags))
        {
            return Verdict.Stop(Launching.RefusalOf(state));
        }

        if (state.DeadlineExceeded && !retry.Is(NodeFlags.Exempt))
        {
            return Verdict.Stop($"retry exceeded workflow deadline {WorkflowVariables.Time(state.StartedAt!.Value.AddSeconds(state.ActiveDeadlineSeconds ?? 0))}");
        }

        var attempts = retry.Members.Count;
        var limit = int.TryParse(strategy.Limit, NumberStyles.Integer, CultureInfo.InvariantCulture, out var number) ? number : (int?)null;
        var next = turn.Now;
        string? message = null;
        if (strategy.Backoff is { } backoff)
        {
            var first = state[retry.Members[0]].StartedAt;
            if (backoff.MaxDuration is { } max && turn.Now > first + max)
            {
                return Verdict.Stop("Max duration limit exceeded");
            }

            if (limit is not null && attempts <= limit)
            {
                var wait = backoff.WaitAfter(attempts);
                next = (last.FinishedAt ?? turn.Now) + wait;
                if (backoff.MaxDuration is { } end && next > first + end)
                {
                    return Verdict.Stop("Backoff would exceed max duration limit");
                }

                message = $"Backoff for {Shown(wait)}";
            }
        }

        if (!Covers(strategy.Policy, last))
        {
            return Verdict.Stop(last.Message);
        }

        if (limit is not null && attempts > limit)
        {
            return Verdict.Stop("No more retries left");
        }

        if (strategy.Expression is { Length: > 0 } expression)
        {
            try
            {
                if (!ExpressionText.IsTrue(expression, RetryVariables.ForExpression(turn, retry, last)))
                {
                    return Verdict.Stop("retryStrategy.expression evaluated to false");
                }
            }
            catch (ExpressionException failure)
            {
                return Verdict.Stop(failure.Message);
            }
        }

        return Verdict.Again(next, message);
    }

    private static bool Covers(RetryPolicy policy, Node last) => policy switch
    {
        RetryPolicy.Always => true,
        RetryPolicy.OnFailure => last.Phase == NodePhase.Failed,
        RetryPolicy.OnError => last.Phase == NodePhase.Error,
        RetryPolicy.OnTransientError => TransientErrors.Match(last.Message),
    };

    private static RetryStrategy Render(Turn turn, Node retry, RetryStrategy strategy)
    {
        if (strategy.Limit is null || !strategy.Limit.Contains("{{", StringComparison.Ordinal))
        {
            return strategy;
        }

        var variables = new LayeredVariables(new InputVariables(retry.Inputs), new WorkflowVariables(turn.State, turn.Now));
        return strategy with { Limit = TagText.Parse(strategy.Limit).Render(variables).Text };
    }

    private static string Shown(TimeSpan wait)
    {
        var minutes = (int)wait.TotalMinutes;
        var seconds = (wait - TimeSpan.FromMinutes(minutes)).TotalSeconds.ToString("0.###", CultureInfo.InvariantCulture);
        return $"{minutes} minutes {seconds} seconds";
    }
}

/// <summary>Two sets of variables: what the first does not know, the second may.</summary>
internal sealed class LayeredVariables(IVariables first, IVariables second) : IVariables
{
    public string? Find(string name) => first.Find(name) ?? second.Find(name);

    public IEnumerable<KeyValuePair<string, string>> Under(string root) => second.Under(root).Concat(first.Under(root));

    public bool IsAbsent(string name) => first.IsAbsent(name) || second.IsAbsent(name);

    public Occasion? Occasion => first.Occasion ?? second.Occasion;
}

/// <summary>What an attempt and the retry expression see of the attempt before.</summary>
internal static class RetryVariables
{
    /// <summary>For the template of an attempt: before any attempt ended, exitCode is "0" and the rest is empty.</summary>
    public static Dictionary<string, string> ForTemplate(WorkflowState state, Node attempt)
    {
        var retry = state[attempt.Owner];
        var index = attempt.Ordinal;
        var last = index > 0 ? state[retry.Members[index - 1]] : null;
        return Of(last, index, exitCode: "0");
    }

    public static IVariables ForExpression(Turn turn, Node retry, Node last)
    {
        IVariables outer = new LayeredVariables(new InputVariables(retry.Inputs), new WorkflowVariables(turn.State, turn.Now));
        if (turn.State.At(retry.Boundary) is { } boundary)
        {
            outer = new LayeredVariables(new InputVariables(retry.Inputs), StepsEvaluation.VariablesOf(turn, boundary, turn.TemplateOf(boundary)));
        }

        return new LocalVariables(Of(last, retry.Members.Count - 1, exitCode: "-1"), outer);
    }

    private static Dictionary<string, string> Of(Node? last, int retries, string exitCode) => new(StringComparer.Ordinal)
    {
        ["retries"] = retries.ToString(CultureInfo.InvariantCulture),
        ["lastRetry.exitCode"] = last?.Outputs.ExitCode ?? exitCode,
        ["lastRetry.status"] = last?.Phase.ToString() ?? "",
        ["lastRetry.duration"] = last is null
            ? "0"
            : ((int)((last.FinishedAt ?? last.StartedAt) - last.StartedAt).TotalSeconds).ToString(CultureInfo.InvariantCulture),
        ["lastRetry.message"] = last?.Message ?? "",
    };
}

/// <summary>Messages of failures that are likely to pass by themselves.</summary>
internal static class TransientErrors
{
    private static readonly string[] Known =
    [
        "exceeded quota", "is forbidden: exceeded", "i/o timeout", "connection refused", "connection reset by peer", "TLS handshake timeout",
        "too many requests", "etcdserver: request timed out", "server is currently unable", "no such host", "context deadline exceeded",
        "unexpected EOF", "http2: client connection lost", "Service Unavailable", "the object has been modified",
    ];

    public static bool Match(string? message) =>
        message is not null && Known.Any(known => message.Contains(known, StringComparison.OrdinalIgnoreCase));
}
