using System.Text.Json.Nodes;

namespace Argosy.Engine.Templates;

public enum RetryPolicy
{
    Always,
    OnFailure,
    OnError,
    OnTransientError,
}

/// <summary>When and how often a failed node is attempted again.</summary>
public sealed record RetryStrategy
{
    /// <summary>How many retries after the first attempt; null: no limit. May be a tag until rendered.</summary>
    public string? Limit { get; init; }

    /// <summary>As written; see <see cref="Policy"/> for the default.</summary>
    public string? RetryPolicy { get; init; }

    public string? Expression { get; init; }

    public Backoff? Backoff { get; init; }

    /// <summary>OnFailure by default, but Always when an expression decides and no policy is given.</summary>
    public RetryPolicy Policy => RetryPolicy switch
    {
        "Always" => Templates.RetryPolicy.Always,
        "OnError" => Templates.RetryPolicy.OnError,
        "OnTransientError" => Templates.RetryPolicy.OnTransientError,
        "OnFailure" => Templates.RetryPolicy.OnFailure,
        _ => string.IsNullOrEmpty(Expression) ? Templates.RetryPolicy.OnFailure : Templates.RetryPolicy.Always,
    };

    public static RetryStrategy Read(JsonObject json) => new()
    {
        Limit = json.Text("limit"),
        RetryPolicy = json.Text("retryPolicy"),
        Expression = json.Text("expression"),
        Backoff = json.Object("backoff") is { } backoff ? Templates.Backoff.Read(backoff) : null,
    };
}

/// <summary>The wait between attempts: duration × factor^(attempts−1), at most <see cref="Cap"/>, all within <see cref="MaxDuration"/>.</summary>
public sealed record Backoff(TimeSpan? Duration, double Factor, TimeSpan? MaxDuration, TimeSpan? Cap)
{
    public static Backoff Read(JsonObject json) => new(
        Templates.Duration.Parse(json.Text("duration")),
        double.TryParse(json.Text("factor"), System.Globalization.CultureInfo.InvariantCulture, out var factor) ? factor : 1,
        Templates.Duration.Parse(json.Text("maxDuration")),
        Templates.Duration.Parse(json.Text("cap")));

    /// <summary>How long to wait before the attempt that follows <paramref name="attempts"/> failed ones.</summary>
    public TimeSpan WaitAfter(int attempts)
    {
        if (Duration is not { } duration)
        {
            return TimeSpan.Zero;
        }

        var seconds = duration.TotalSeconds * Math.Pow(Factor <= 0 ? 1 : Factor, attempts - 1);
        var wait = seconds > TimeSpan.FromDays(3650).TotalSeconds ? TimeSpan.FromDays(3650) : TimeSpan.FromSeconds(seconds);
        return Cap is { } cap && wait > cap ? cap : wait;
    }
}
