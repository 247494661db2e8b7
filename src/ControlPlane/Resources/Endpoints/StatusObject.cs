using System.Text.Json.Nodes;

namespace Argosy.ControlPlane.Resources.Endpoints;

/// <summary>Kubernetes' Status object: how every refusal, and some successes, are answered.</summary>
internal static class StatusObject
{
    public static JsonObject Of(ApiException refusal) => new()
    {
        ["kind"] = "Status",
        ["apiVersion"] = "v1",
        ["metadata"] = new JsonObject(),
        ["status"] = "Failure",
        ["message"] = refusal.Message,
        ["reason"] = refusal.Reason,
        ["details"] = Details(refusal),
        ["code"] = refusal.Code,
    };

    public static JsonObject Success(ResourceKind kind, string? name, string? uid)
    {
        var details = new JsonObject { ["kind"] = kind.Plural };
        AddText(details, "name", name);
        AddText(details, "group", kind.Group);
        AddText(details, "uid", uid);
        return new JsonObject
        {
            ["kind"] = "Status",
            ["apiVersion"] = "v1",
            ["metadata"] = new JsonObject(),
            ["status"] = "Success",
            ["details"] = details,
        };
    }

    private static JsonObject? Details(ApiException refusal)
    {
        if (refusal.Details is null && refusal.Causes.Count == 0)
        {
            return null;
        }

        var details = new JsonObject();
        if (refusal.Details is { } about)
        {
            AddText(details, "name", about.Name);
            AddText(details, "group", about.Kind.Group);
            details["kind"] = about.NamesKind ? about.Kind.Kind : about.Kind.Plural;
        }

        if (refusal.Causes.Count > 0)
        {
            details["causes"] = new JsonArray([.. refusal.Causes.Select(cause => Cause(refusal.CauseReason, cause.Field, cause.Message))]);
        }

        return details;
    }

    private static JsonObject Cause(string reason, string field, string message)
    {
        var cause = new JsonObject { ["reason"] = reason, ["message"] = message };
        AddText(cause, "field", field);
        return cause;
    }

    private static void AddText(JsonObject parent, string field, string? value)
    {
        if (!string.IsNullOrEmpty(value))
        {
            parent[field] = value;
        }
    }
}
