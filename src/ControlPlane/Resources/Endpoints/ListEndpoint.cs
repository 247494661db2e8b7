using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Argosy.ControlPlane.Resources.Caching;
using Argosy.ControlPlane.Resources.Tables;

namespace Argosy.ControlPlane.Resources.Endpoints;

/// <summary>Answers lists, whole or in pages, and single objects.</summary>
internal sealed class ListEndpoint(ResourceStore store, TimeProvider time)
{
    private readonly ListSnapshots snapshots = new();

    public async Task GetAsync(ApiRequest request)
    {
        var found = store.Cache.Find(request.Key) ?? throw ApiErrors.NotFound(request.Key);
        var form = Representations.Asked(request.Http);
        await (form == Representation.Table
            ? ApiAnswers.WriteAsync(request.Http, TablePrinter.Print(found, Include(request), time.GetUtcNow()))
            : ApiAnswers.WriteAsync(request.Http, Representations.Render(form == Representation.Whole ? await store.CompleteAsync(found, request.Aborted) : found, form)));
    }

    public Task ListAsync(ApiRequest request)
    {
        var query = ListQuery.Of(request);
        var form = Representations.Asked(request.Http);
        var page = ReadPage(request, query);
        var metadata = new JsonObject { ["resourceVersion"] = page.Version.ToString(CultureInfo.InvariantCulture) };
        if (page.Next is not null)
        {
            metadata["continue"] = page.Next.ToString();
            if (page.Remaining is { } remaining)
            {
                metadata["remainingItemCount"] = remaining;
            }
        }

        return form == Representation.Table
            ? ApiAnswers.WriteAsync(
                request.Http, TablePrinter.Print(request.Kind, page.Items, metadata, Include(request), time.GetUtcNow()))
            : ApiAnswers.WriteAsync(request.Http, Render(request.Kind, page.Items, metadata, form));
    }

    /// <exception cref="ApiException">The query asks for something a table row cannot carry.</exception>
    public static TableRowObject Include(ApiRequest request) => request.Query("includeObject") switch
    {
        null or "Metadata" => TableRowObject.Metadata,
        "Object" => TableRowObject.Whole,
        "None" => TableRowObject.None,
        var other => throw ApiErrors.BadRequest($"unrecognized includeObject value: {other}"),
    };

    private Page ReadPage(ApiRequest request, ListQuery query)
    {
        var limit = request.Number("limit") is { } asked and > 0 ? asked : long.MaxValue;
        var token = request.Query("continue") is { } text ? ContinueToken.Parse(text) : null;
        var state = token is null ? StateFor(request) : StateOf(request.Kind, token.Version);
        var items = new List<ObjectSnapshot>();
        foreach (var snapshot in state.Objects.In(request.Namespace, token?.After).Where(query.Matches))
        {
            if (items.Count == limit)
            {
                snapshots.Keep(request.Kind, state);
                var next = new ContinueToken(state.Version, ObjectName.Of(items[^1].Key));
                var remaining = query.SelectsAll ? state.Objects.In(request.Namespace, next.After).LongCount() : (long?)null;
                return new Page(items, state.Version, next, remaining);
            }

            items.Add(snapshot);
        }

        return new Page(items, state.Version, null, null);
    }

    /// <summary>The newest state, unless the query names a version exactly.</summary>
    private KindState StateFor(ApiRequest request)
    {
        var newest = store.Cache.Read(request.Kind);
        var version = ListQuery.Version(request);
        if (version > newest.Version)
        {
            throw ApiErrors.VersionAhead(version.Value, newest.Version);
        }

        return request.Query("resourceVersionMatch") == "Exact" && version is { } exact && exact != newest.Version
            ? StateOf(request.Kind, exact)
            : newest;
    }

    private KindState StateOf(ResourceKind kind, long version)
    {
        if (snapshots.Find(kind, version) is { } kept)
        {
            return kept;
        }

        var newest = store.Cache.Read(kind);
        return newest.Version == version
            ? newest
            : throw ApiErrors.Expired("The provided continue parameter is too old to display a consistent list result. "
                + "You must start a new list without the continue parameter.");
    }

    private static byte[] Render(ResourceKind kind, List<ObjectSnapshot> items, JsonObject metadata, Representation form)
    {
        var head = form == Representation.MetadataOnly
            ? "{\"kind\":\"PartialObjectMetadataList\",\"apiVersion\":\"meta.k8s.io/v1\",\"metadata\":"
            : $"{{\"kind\":\"{kind.Kind}List\",\"apiVersion\":\"{kind.ApiVersion}\",\"metadata\":";
        using var body = new MemoryStream();
        body.Write(Encoding.UTF8.GetBytes(head));
        body.Write(ObjectJson.Write(metadata));
        body.Write(",\"items\":["u8);
        for (var at = 0; at < items.Count; at++)
        {
            if (at > 0)
            {
                body.Write(","u8);
            }

            body.Write(Representations.Render(items[at], form).Span);
        }

        body.Write("]}"u8);
        return body.ToArray();
    }

    private sealed record Page(List<ObjectSnapshot> Items, long Version, ContinueToken? Next, long? Remaining);
}
