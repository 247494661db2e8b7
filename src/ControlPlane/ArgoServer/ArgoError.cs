using System.Text.Json.Nodes;
using Argosy.ControlPlane.Resources;

namespace Argosy.ControlPlane.ArgoServer;

/// <summary>An error as Argo's clients read it: a gRPC code, the HTTP status that belongs to it, and a message.</summary>
internal sealed record ArgoError(GrpcCode Code, int HttpStatus, string Message, IReadOnlyList<(string Field, string Message)> Causes)
{
    public static ArgoError Of(Exception exception) => exception switch
    {
        ApiException refusal => Of(refusal),
        _ => new(GrpcCode.Unknown, 500, exception.Message, []),
    };

    /// <summary>The error as the body of an answer. The causes, where known, are a google.rpc.BadRequest among the details.</summary>
    public JsonObject ToJson()
    {
        var json = new JsonObject { ["code"] = (int)Code, ["message"] = Message };
        if (Causes.Count > 0)
        {
            json["details"] = new JsonArray(new JsonObject
            {
                ["@type"] = "type.googleapis.com/google.rpc.BadRequest",
                ["fieldViolations"] = new JsonArray(
                    [.. Causes.Select(cause => new JsonObject { ["field"] = cause.Field, ["description"] = cause.Message })]),
            });
        }

        return json;
    }

    /// <summary>The error as the last element of a stream, whose HTTP status has long been sent.</summary>
    public JsonObject ToStreamJson() => new()
    {
        ["error"] = new JsonObject { ["grpc_code"] = (int)Code, ["http_code"] = HttpStatus, ["message"] = Message },
    };

    private static ArgoError Of(ApiException refusal)
    {
        var (code, status) = (refusal.Code, refusal.Reason) switch
        {
            (400 or 422, _) => (GrpcCode.InvalidArgument, 400),
            (401, _) => (GrpcCode.Unauthenticated, 401),
            (403, _) => (GrpcCode.PermissionDenied, 403),
            (404, _) => (GrpcCode.NotFound, 404),
            (409, "AlreadyExists") => (GrpcCode.AlreadyExists, 409),
            (409, _) => (GrpcCode.Aborted, 409),
            (410, _) => (GrpcCode.OutOfRange, 400),
            (412, _) => (GrpcCode.FailedPrecondition, 400),
            (429, _) => (GrpcCode.ResourceExhausted, 429),
            (501, _) => (GrpcCode.Unimplemented, 501),
            (503, _) => (GrpcCode.Unavailable, 503),
            (504, _) => (GrpcCode.DeadlineExceeded, 504),
            _ => (GrpcCode.Unknown, 500),
        };
        return new(code, status, refusal.Message, refusal.Causes);
    }
}
