using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Argosy.ControlPlane.Resources.Caching;
using Argosy.ControlPlane.Resources.Tables;

namespace Argosy.ControlPlane.Resources.Endpoints;

/// <summary>The events of one watch, in the form its client asked for.</summary>
internal sealed class WatchEvents(ApiRequest request, Representation form, TableRowObject include, TimeProvider time)
{
    private const int LargeBytes = 64 * 1024;
    private readonly ArrayBufferWriter<byte> pending = new();
    private bool columnsSent;

    public void Add(string type, ObjectSnapshot snapshot)
    {
        Add(type, form == Representation.Table ? TableOf(snapshot) : Representations.Render(snapshot, form));
    }

    /// <summary>Tells that everything up to the version was sent.</summary>
    /// <param name="endsInitialEvents">The objects as they were at the start are complete.</param>
    public void AddBookmark(long version, bool endsInitialEvents)
    {
        var metadata = new JsonObject { ["resourceVersion"] = version.ToString(CultureInfo.InvariantCulture) };
        if (endsInitialEvents)
        {
            metadata["annotations"] = new JsonObject { ["k8s.io/initial-events-end"] = "true" };
        }

        JsonObject bookmark = form switch
        {
            Representation.Whole => new() { ["kind"] = request.Kind.Kind, ["apiVersion"] = request.Kind.ApiVersion, ["metadata"] = metadata },
            Representation.MetadataOnly =>
                new() { ["kind"] = "PartialObjectMetadata", ["apiVersion"] = "meta.k8s.io/v1", ["metadata"] = metadata },
            Representation.Table => new()
            {
                ["kind"] = "Table",
                ["apiVersion"] = "meta.k8s.io/v1",
                ["metadata"] = metadata,
                ["columnDefinitions"] = new JsonArray(),
                ["rows"] = new JsonArray(),
            },
        };
        Add("BOOKMARK", ObjectJson.Write(bookmark));
    }

    public Task SendErrorAsync(ApiException refusal, CancellationToken cancellationToken)
    {
        Add("ERROR", ObjectJson.Write(StatusObject.Of(refusal)));
        return FlushAsync(cancellationToken);
    }

    public Task FlushIfLargeAsync(CancellationToken cancellationToken) =>
        pending.WrittenCount < LargeBytes ? Task.CompletedTask : FlushAsync(cancellationToken);

    public async Task FlushAsync(CancellationToken cancellationToken)
    {
        if (pending.WrittenCount > 0)
        {
            await request.Http.Response.Body.WriteAsync(pending.WrittenMemory, cancellationToken);
            pending.ResetWrittenCount();
        }

        await request.Http.Response.Body.FlushAsync(cancellationToken);
    }

    private void Add(string type, ReadOnlyMemory<byte> value)
    {
        Encoding.UTF8.GetBytes($"{{\"type\":\"{type}\",\"object\":", pending);
        pending.Write(value.Span);
        pending.Write("}\n"u8);
    }

    /// <summary>Columns travel once; later rows belong to them.</summary>
    private byte[] TableOf(ObjectSnapshot snapshot)
    {
        var table = TablePrinter.Print(snapshot, include, time.GetUtcNow());
        if (columnsSent)
        {
            table["columnDefinitions"] = new JsonArray();
        }

        columnsSent = true;
        return ObjectJson.Write(table);
    }
}
