using System.Data.Common;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Argosy.ControlPlane.Storage;
using Argosy.Engine.Placement;

namespace Argosy.ControlPlane.Archive;

/// <summary>What a list needs to know of an archived workflow.</summary>
public sealed record ArchivedWorkflow(
    string Uid, string Namespace, string Name, string Phase, DateTimeOffset CreatedAt, DateTimeOffset? StartedAt, DateTimeOffset? FinishedAt,
    IReadOnlyDictionary<string, string> Labels);

/// <summary>Ended workflows, kept also when their objects are gone. Their nodes lie in the <see cref="NodeStore"/>.</summary>
public sealed class WorkflowArchive(HubDatabase database, NodeStore nodes)
{
    private const string Columns = "uid, namespace, name, phase, created_at, started_at, finished_at, labels";

    /// <summary>Keeps a workflow that has ended, durably. Keeping it again replaces what was kept.</summary>
    /// <param name="workflow">The object; nodes that it still carries are moved to the node store.</param>
    public async Task KeepAsync(JsonObject workflow, CancellationToken cancellationToken)
    {
        var kept = (JsonObject)workflow.DeepClone();
        var metadata = (JsonObject)kept["metadata"]!;
        metadata.Remove("managedFields");
        var uid = Text(metadata, "uid")!;
        var labels = metadata["labels"] as JsonObject ?? [];
        metadata["labels"] ??= labels;
        labels["workflows.argoproj.io/workflow-archiving-status"] = "Persisted";
        var status = kept["status"] as JsonObject ?? [];
        await nodes.OffloadAsync(uid, status, cancellationToken);
        await using var connection = await database.OpenAsync(cancellationToken);
        await using var command = connection.CreateCommand();
        command.CommandText = """
            INSERT INTO archived_workflows (uid, namespace, name, phase, created_at, started_at, finished_at, labels, body)
            VALUES (@uid, @namespace, @name, @phase, @created, @started, @finished, @labels, @body)
            ON CONFLICT (uid) DO UPDATE SET phase = excluded.phase, started_at = excluded.started_at, finished_at = excluded.finished_at,
                labels = excluded.labels, body = excluded.body
            """;
        command.AddParameter("uid", uid);
        command.AddParameter("namespace", Text(metadata, "namespace") ?? "");
        command.AddParameter("name", Text(metadata, "name") ?? "");
        command.AddParameter("phase", Text(status, "phase") ?? "");
        command.AddParameter("created", Seconds(metadata, "creationTimestamp") ?? 0);
        command.AddParameter("started", Seconds(status, "startedAt"));
        command.AddParameter("finished", Seconds(status, "finishedAt"));
        command.AddParameter("labels", labels.ToJsonString());
        command.AddParameter("body", PackedJson.Pack(kept));
        using var turn = await database.TakeWriteTurnAsync(cancellationToken);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>The whole workflow, with its nodes.</summary>
    public async Task<JsonObject?> FindAsync(string uid, CancellationToken cancellationToken) =>
        (await BodiesAsync("uid = @a", [("a", uid)], cancellationToken)).FirstOrDefault() is { } body ? await nodes.CompleteAsync(body, cancellationToken) : null;

    /// <summary>The whole workflow of this name that was created last.</summary>
    public async Task<JsonObject?> FindByNameAsync(string @namespace, string name, CancellationToken cancellationToken) =>
        (await BodiesAsync("namespace = @a AND name = @b ORDER BY created_at DESC LIMIT 1", [("a", @namespace), ("b", name)], cancellationToken)).FirstOrDefault()
            is { } body ? await nodes.CompleteAsync(body, cancellationToken) : null;

    /// <summary>The workflow without its nodes, as lists show it.</summary>
    public async Task<JsonObject?> FindLightAsync(string uid, CancellationToken cancellationToken) =>
        (await BodiesAsync("uid = @a", [("a", uid)], cancellationToken)).FirstOrDefault();

    /// <summary>Archived workflows of a namespace (null: of all), newest first. Reads neither objects nor nodes.</summary>
    public async Task<IReadOnlyList<ArchivedWorkflow>> ListAsync(string? @namespace, string? labelSelector, CancellationToken cancellationToken)
    {
        var selector = LabelSelector.Parse(labelSelector);
        await using var connection = await database.OpenAsync(cancellationToken);
        await using var command = connection.CreateCommand();
        command.CommandText = @namespace is null
            ? $"SELECT {Columns} FROM archived_workflows ORDER BY created_at DESC, name"
            : $"SELECT {Columns} FROM archived_workflows WHERE namespace = @namespace ORDER BY created_at DESC, name";
        if (@namespace is not null)
        {
            command.AddParameter("namespace", @namespace);
        }

        List<ArchivedWorkflow> found = [];
        await using var rows = await command.ExecuteReaderAsync(cancellationToken);
        while (await rows.ReadAsync(cancellationToken))
        {
            if (Read(rows) is var row && selector.Matches(row.Labels))
            {
                found.Add(row);
            }
        }

        return found;
    }

    /// <summary>Forgets an archived workflow. False: there is none.</summary>
    /// <param name="keepsNodes">Its object still lives and needs them.</param>
    public async Task<bool> DeleteAsync(string uid, bool keepsNodes, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenAsync(cancellationToken);
        await using var command = connection.CreateCommand();
        command.CommandText = "DELETE FROM archived_workflows WHERE uid = @uid";
        command.AddParameter("uid", uid);
        int deleted;
        using (await database.TakeWriteTurnAsync(cancellationToken))
        {
            deleted = await command.ExecuteNonQueryAsync(cancellationToken);
        }

        if (!keepsNodes)
        {
            await nodes.DeleteAsync(uid, cancellationToken);
        }

        return deleted > 0;
    }

    /// <summary>Uids of the workflows that ended before a moment.</summary>
    public async Task<IReadOnlyList<string>> EndedBeforeAsync(DateTimeOffset moment, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenAsync(cancellationToken);
        await using var command = connection.CreateCommand();
        command.CommandText = "SELECT uid FROM archived_workflows WHERE coalesce(finished_at, created_at) < @moment";
        command.AddParameter("moment", moment.ToUnixTimeSeconds());
        List<string> uids = [];
        await using var rows = await command.ExecuteReaderAsync(cancellationToken);
        while (await rows.ReadAsync(cancellationToken))
        {
            uids.Add(rows.GetString(0));
        }

        return uids;
    }

    private async Task<List<JsonObject>> BodiesAsync(string condition, (string Name, string Value)[] values, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenAsync(cancellationToken);
        await using var command = connection.CreateCommand();
#pragma warning disable CA2100 // the conditions are this file's own
        command.CommandText = $"SELECT body FROM archived_workflows WHERE {condition}";
#pragma warning restore CA2100
        foreach (var (name, value) in values)
        {
            command.AddParameter(name, value);
        }

        List<JsonObject> bodies = [];
        await using var rows = await command.ExecuteReaderAsync(cancellationToken);
        while (await rows.ReadAsync(cancellationToken))
        {
            bodies.Add(PackedJson.Unpack(rows.GetFieldValue<byte[]>(0)));
        }

        return bodies;
    }

    private static ArchivedWorkflow Read(DbDataReader row) => new(
        row.GetString(0), row.GetString(1), row.GetString(2), row.GetString(3), Time(row, 4)!.Value, Time(row, 5), Time(row, 6),
        JsonSerializer.Deserialize<Dictionary<string, string>>(row.GetString(7)) ?? []);

    private static DateTimeOffset? Time(DbDataReader row, int column) =>
        row.IsDBNull(column) ? null : DateTimeOffset.FromUnixTimeSeconds(row.GetInt64(column));

    private static long? Seconds(JsonObject json, string field) =>
        DateTimeOffset.TryParse(Text(json, field), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time) ? time.ToUnixTimeSeconds() : null;

    private static string? Text(JsonObject json, string field) => json[field] is JsonValue value && value.TryGetValue(out string? text) ? text : null;
}
