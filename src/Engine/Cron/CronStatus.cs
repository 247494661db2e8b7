using System.Globalization;
using System.Text.Json.Nodes;
using Argosy.Engine.Manifests;

namespace Argosy.Engine.Cron;

/// <summary>What a cron workflow submitted, and what became of it. It holds all that decisions need beside the spec.</summary>
public sealed record CronStatus
{
    public const string SpecError = "SpecError";
    public const string SubmissionError = "SubmissionError";

    /// <summary>Children that have not ended.</summary>
    public IReadOnlyList<ChildReference> Active { get; init; } = [];

    /// <summary>The latest instant for which a child was submitted, or for which its submission was refused.</summary>
    public DateTimeOffset? LastScheduledTime { get; init; }

    /// <summary>Never runs again.</summary>
    public bool Stopped { get; init; }

    /// <summary>Children that succeeded.</summary>
    public long Succeeded { get; init; }

    /// <summary>Children that did not succeed, and submissions that were refused.</summary>
    public long Failed { get; init; }

    /// <summary>Messages by the type of the condition, in the order in which they came up.</summary>
    public IReadOnlyList<(string Type, string Message)> Conditions { get; init; } = [];

    public static CronStatus Read(JsonObject? status) => status is null ? new CronStatus() : new CronStatus
    {
        Active = [.. status.ObjectsAt("active").Select(item => ChildReference.Read(item.Value))],
        LastScheduledTime = Time(status.TextAt("lastScheduledTime")),
        Stopped = status.TextAt("phase") == "Stopped",
        Succeeded = Count(status["succeeded"]),
        Failed = Count(status["failed"]),
        Conditions = [.. status.ObjectsAt("conditions").Select(item => (item.Value.TextAt("type") ?? "", item.Value.TextAt("message") ?? ""))],
    };

    public JsonObject ToJson(string @namespace)
    {
        var json = new JsonObject
        {
            ["active"] = new JsonArray([.. Active.Select(child => child.ToJson(@namespace))]),
            ["conditions"] = new JsonArray([.. Conditions.Select(condition => new JsonObject
            {
                ["type"] = condition.Type,
                ["status"] = "True",
                ["message"] = condition.Message,
            })]),
            ["failed"] = Failed,
            ["phase"] = Stopped ? "Stopped" : "Active",
            ["succeeded"] = Succeeded,
        };
        if (LastScheduledTime is { } last)
        {
            json["lastScheduledTime"] = Text(last);
        }

        return json;
    }

    public CronStatus With(string condition, string message) => this with
    {
        Conditions = [.. Conditions.Where(known => known.Type != condition), (condition, message)],
    };

    public CronStatus Without(string condition) => this with { Conditions = [.. Conditions.Where(known => known.Type != condition)] };

    internal static DateTimeOffset? Time(string? text) =>
        DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time) ? time.ToUniversalTime() : null;

    internal static string Text(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    private static long Count(JsonNode? node) => node is JsonValue value && value.TryGetValue<long>(out var count) ? count : 0;
}

/// <summary>A child, as its cron workflow's status names it.</summary>
public sealed record ChildReference(string Name, string Uid)
{
    internal static ChildReference Read(JsonObject json) => new(json.TextAt("name") ?? "", json.TextAt("uid") ?? "");

    internal JsonObject ToJson(string @namespace) => new()
    {
        ["apiVersion"] = "argoproj.io/v1alpha1",
        ["kind"] = "Workflow",
        ["name"] = Name,
        ["namespace"] = @namespace,
        ["uid"] = Uid,
    };
}
