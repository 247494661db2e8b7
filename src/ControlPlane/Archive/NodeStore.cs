using System.Globalization;
using System.Text.Json.Nodes;
using Argosy.ControlPlane.Resources;
using Argosy.ControlPlane.Storage;
using Argosy.Engine.Workflows;

namespace Argosy.ControlPlane.Archive;

/// <summary>
/// Where the nodes of ended workflows rest: a status may be of any size, and what lists and caches hold of it stays small. An object whose
/// nodes are here carries <c>status.offloadNodeStatusVersion</c> in their place, as upstream's do.
/// </summary>
public sealed class NodeStore(HubDatabase database) : IObjectParts
{
    private const string Marker = "offloadNodeStatusVersion";
    private int reads;

    /// <summary>How often nodes were read since the hub began.</summary>
    public int Reads => reads;

    /// <summary>Stores the nodes of a status durably, and takes them out of it.</summary>
    public async Task OffloadAsync(string workflowUid, JsonObject status, CancellationToken cancellationToken)
    {
        if (status["nodes"] is not JsonObject { Count: > 0 } nodes)
        {
            return;
        }

        var body = PackedJson.Pack(nodes);
        var version = string.Create(CultureInfo.InvariantCulture, $"fnv:{NodeNames.Fnv1a(Convert.ToBase64String(body))}");
        await using var connection = await database.OpenAsync(cancellationToken);
        await using var command = connection.CreateCommand();
        command.CommandText = """
            INSERT INTO workflow_nodes (workflow_uid, version, body) VALUES (@uid, @version, @body)
            ON CONFLICT (workflow_uid) DO UPDATE SET version = excluded.version, body = excluded.body
            """;
        command.AddParameter("uid", workflowUid);
        command.AddParameter("version", version);
        command.AddParameter("body", body);
        using (await database.TakeWriteTurnAsync(cancellationToken))
        {
            await command.ExecuteNonQueryAsync(cancellationToken);
        }

        status.Remove("nodes");
        status[Marker] = version;
    }

    public bool MayBeApart(ResourceKind kind, IReadOnlyDictionary<string, string> labels) =>
        kind == Kinds.Workflow && labels.TryGetValue("workflows.argoproj.io/completed", out var completed) && completed == "true";

    public async ValueTask<JsonObject> CompleteAsync(JsonObject value, CancellationToken cancellationToken)
    {
        if (value["status"]?[Marker] is null || value["metadata"]?["uid"]?.GetValue<string>() is not { } uid)
        {
            return value;
        }

        var whole = (JsonObject)value.DeepClone();
        var status = (JsonObject)whole["status"]!;
        if (await ReadAsync(uid, cancellationToken) is { } nodes)
        {
            status.Remove(Marker);
            status["nodes"] = nodes;
        }

        return whole;
    }

    public async Task DeleteAsync(string workflowUid, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenAsync(cancellationToken);
        await using var command = connection.CreateCommand();
        command.CommandText = "DELETE FROM workflow_nodes WHERE workflow_uid = @uid";
        command.AddParameter("uid", workflowUid);
        using var turn = await database.TakeWriteTurnAsync(cancellationToken);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private async Task<JsonObject?> ReadAsync(string workflowUid, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref reads);
        await using var connection = await database.OpenAsync(cancellationToken);
        await using var command = connection.CreateCommand();
        command.CommandText = "SELECT body FROM workflow_nodes WHERE workflow_uid = @uid";
        command.AddParameter("uid", workflowUid);
        return await command.ExecuteScalarAsync(cancellationToken) is byte[] body ? PackedJson.Unpack(body) : null;
    }
}
