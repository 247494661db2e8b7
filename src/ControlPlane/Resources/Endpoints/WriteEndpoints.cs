using System.Text.Json;
using System.Text.Json.Nodes;
using Argosy.ControlPlane.Resources.Caching;
using Argosy.ControlPlane.Resources.Patching;
using Argosy.ControlPlane.Resources.Tables;
using Microsoft.AspNetCore.Http;

namespace Argosy.ControlPlane.Resources.Endpoints;

/// <summary>Answers create, replace and delete.</summary>
internal sealed class WriteEndpoints(ResourceStore store, ResourceOptions options, TimeProvider time)
{
    public async Task CreateAsync(ApiRequest request)
    {
        var manifest = await ReadAsync(request);
        FieldValidation.Check(request, manifest);
        FieldTracking.OnCreate(request.Kind, manifest, WriterOf(request));
        var mode = new WriteMode { DryRun = request.DryRun };
        var created = await store.Verbs.CreateAsync(request.Kind, request.Namespace, manifest, mode, request.Aborted);
        await AnswerAsync(request, created, StatusCodes.Status201Created);
    }

    public async Task ReplaceAsync(ApiRequest request, bool statusOnly)
    {
        var manifest = await ReadAsync(request);
        FieldValidation.Check(request, manifest);
        var mode = new WriteMode { DryRun = request.DryRun, StatusOnly = statusOnly };
        var writer = WriterOf(request, statusOnly);
        var stored = await store.Verbs.UpdateAsync(
            request.Key,
            existing =>
            {
                var next = manifest.DeepClone().AsObject();
                FieldTracking.OnUpdate(request.Kind, existing, next, writer);
                return next;
            },
            mode,
            request.Aborted);
        await AnswerAsync(request, stored);
    }

    public async Task DeleteAsync(ApiRequest request)
    {
        var mode = await ReadDeleteModeAsync(request);
        var deletion = await store.Verbs.DeleteAsync(request.Key, mode, request.Aborted);
        if (deletion.Gone)
        {
            await ApiAnswers.WriteAsync(request.Http, StatusObject.Success(request.Kind, request.Name, deletion.Last.Uid));
        }
        else
        {
            await AnswerAsync(request, deletion.Last);
        }
    }

    public async Task DeleteCollectionAsync(ApiRequest request)
    {
        var mode = await ReadDeleteModeAsync(request);
        var query = ListQuery.Of(request);
        foreach (var snapshot in store.Cache.Read(request.Kind).Objects.In(request.Namespace).Where(query.Matches))
        {
            try
            {
                await store.Verbs.DeleteAsync(snapshot.Key, mode, request.Aborted);
            }
            catch (ApiException gone) when (gone.Code == StatusCodes.Status404NotFound)
            {
                // Someone else deleted it first.
            }
        }

        await ApiAnswers.WriteAsync(request.Http, StatusObject.Success(request.Kind, null, null));
    }

    /// <summary>Who writes through this request, and when.</summary>
    public FieldWriter WriterOf(ApiRequest request, bool statusOnly = false) =>
        new(request.FieldManager, statusOnly ? "status" : null, time.GetUtcNow());

    /// <summary>Answers a written object in the form its client asked for.</summary>
    public Task AnswerAsync(ApiRequest request, ObjectSnapshot snapshot, int code = StatusCodes.Status200OK)
    {
        var form = Representations.Asked(request.Http);
        return form == Representation.Table
            ? ApiAnswers.WriteAsync(request.Http, TablePrinter.Print(snapshot, ListEndpoint.Include(request), time.GetUtcNow()), code)
            : ApiAnswers.WriteAsync(request.Http, Representations.Render(snapshot, form), code);
    }

    private async Task<JsonObject> ReadAsync(ApiRequest request) =>
        await RequestBody.ReadObjectAsync(request.Http, options.LargestBodyBytes) ?? throw ApiErrors.BadRequest("the body is empty");

    private async Task<DeleteMode> ReadDeleteModeAsync(ApiRequest request)
    {
        var body = await RequestBody.ReadObjectAsync(request.Http, options.LargestBodyBytes);
        var preconditions = body?["preconditions"] as JsonObject;
        return new DeleteMode
        {
            DryRun = request.DryRun || body?["dryRun"] is JsonArray { Count: > 0 },
            ExpectedUid = preconditions?.Text("uid"),
            ExpectedVersion = preconditions?.Text("resourceVersion"),
            Orphan = (request.Query("propagationPolicy") ?? body?.Text("propagationPolicy")) == "Orphan"
                || body?["orphanDependents"]?.GetValueKind() == JsonValueKind.True,
        };
    }
}
