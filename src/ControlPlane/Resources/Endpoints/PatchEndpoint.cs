using System.Text.Json.Nodes;
using Argosy.ControlPlane.Resources.Patching;

namespace Argosy.ControlPlane.Resources.Endpoints;

/// <summary>Answers patches of every sort.</summary>
internal sealed class PatchEndpoint(ResourceStore store, ResourceOptions options, WriteEndpoints writes)
{
    private const string JsonPatchType = "application/json-patch+json";
    private const string MergePatchType = "application/merge-patch+json";
    private const string StrategicMergePatchType = "application/strategic-merge-patch+json";
    private const string ApplyPatchType = "application/apply-patch+yaml";

    public async Task PatchAsync(ApiRequest request, bool statusOnly)
    {
        var type = RequestBody.MediaType(request.Http);
        if (!Accepted(request.Kind).Contains(type))
        {
            throw ApiErrors.UnsupportedMediaType(
                "the body of the request was in an unknown format - accepted media types include: "
                + string.Join(", ", Accepted(request.Kind)));
        }

        var body = await RequestBody.ReadAsync(request.Http, options.LargestBodyBytes);
        if (type == ApplyPatchType)
        {
            await ApplyAsync(request, RequestBody.ParseYaml(body), statusOnly);
            return;
        }

        var patch = RequestBody.ParseJson(body);
        var writer = writes.WriterOf(request, statusOnly);
        var stored = await store.Verbs.UpdateAsync(
            request.Key,
            existing =>
            {
                var next = Patched(type, existing, patch);
                FieldValidation.Check(request, next);
                FieldTracking.OnUpdate(request.Kind, existing, next, writer);
                return next;
            },
            new WriteMode { DryRun = request.DryRun, StatusOnly = statusOnly },
            request.Aborted);
        await writes.AnswerAsync(request, stored);
    }

    private async Task ApplyAsync(ApiRequest request, JsonObject applied, bool statusOnly)
    {
        if (request.Query("fieldManager") is null)
        {
            throw new ApiException(
                422, "Invalid", "PatchOptions.meta.k8s.io \"\" is invalid: fieldManager: Required value: is required for apply patch")
            {
                Causes = [("fieldManager", "Required value: is required for apply patch")],
            };
        }

        FieldValidation.Check(request, applied);
        applied.Metadata()["name"] ??= request.Name;
        var writer = writes.WriterOf(request, statusOnly);
        var force = request.Flag("force");
        var mode = new WriteMode { DryRun = request.DryRun, StatusOnly = statusOnly };
        if (store.Cache.Find(request.Key) is null && !statusOnly)
        {
            try
            {
                var manifest = ServerSideApply.Begin(request.Kind, applied, writer);
                var created = await store.Verbs.CreateAsync(request.Kind, request.Namespace, manifest, mode, request.Aborted);
                await writes.AnswerAsync(request, created, 201);
                return;
            }
            catch (ApiException refusal) when (refusal.Reason == "AlreadyExists")
            {
                // Someone else created it meanwhile: apply to what they made.
            }
        }

        var stored = await store.Verbs.UpdateAsync(
            request.Key, existing => ServerSideApply.Apply(request.Kind, existing, applied, writer, force), mode, request.Aborted);
        await writes.AnswerAsync(request, stored);
    }

    private static JsonObject Patched(string type, JsonObject existing, JsonNode? patch)
    {
        var next = type switch
        {
            JsonPatchType => JsonPatch.Apply(existing, patch),
            MergePatchType => MergePatch.Apply(existing.DeepClone(), patch),
            _ => StrategicMergePatch.Apply(existing.DeepClone().AsObject(), patch),
        };
        return next as JsonObject ?? throw ApiErrors.BadRequest("the patch does not leave an object");
    }

    /// <summary>Strategic merge is for the kinds that clients know built in; for all others Kubernetes refuses it too.</summary>
    private static string[] Accepted(ResourceKind kind) => kind.Group.Length == 0
        ? [JsonPatchType, MergePatchType, StrategicMergePatchType, ApplyPatchType]
        : [JsonPatchType, MergePatchType, ApplyPatchType];
}
