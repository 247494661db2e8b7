using System.Globalization;
using System.Text.Json.Nodes;
using Argosy.ControlPlane.Resources.Caching;
using Argosy.ControlPlane.Resources.Endpoints;

namespace Argosy.ControlPlane.Resources.Tables;

/// <summary>What each row of a table carries beside its cells.</summary>
internal enum TableRowObject
{
    Metadata,
    Whole,
    None,
}

/// <summary>Makes <c>meta.k8s.io/v1</c> Tables: the hub decides what <c>kubectl get</c> shows.</summary>
internal static class TablePrinter
{
    public static JsonObject Print(
        ResourceKind kind, IEnumerable<ObjectSnapshot> snapshots, JsonObject listMetadata, TableRowObject include, DateTimeOffset now)
    {
        var columns = TableColumns.Of(kind);
        return new JsonObject
        {
            ["kind"] = "Table",
            ["apiVersion"] = "meta.k8s.io/v1",
            ["metadata"] = listMetadata,
            ["columnDefinitions"] = new JsonArray([.. columns.Select(Definition)]),
            ["rows"] = new JsonArray([.. snapshots.Select(snapshot => Row(columns, snapshot, include, now))]),
        };
    }

    /// <summary>The table of one object, with the object's version, for watches and single objects.</summary>
    public static JsonObject Print(ObjectSnapshot snapshot, TableRowObject include, DateTimeOffset now) => Print(
        snapshot.Key.Kind,
        [snapshot],
        new JsonObject { ["resourceVersion"] = snapshot.ResourceVersion.ToString(CultureInfo.InvariantCulture) },
        include,
        now);

    private static JsonObject Definition(TableColumn column) => new()
    {
        ["name"] = column.Name,
        ["type"] = column.Type,
        ["format"] = column.Name == "Name" ? "name" : "",
        ["description"] = column.Description,
        ["priority"] = column.Priority,
    };

    private static JsonObject Row(
        IReadOnlyList<TableColumn> columns, ObjectSnapshot snapshot, TableRowObject include, DateTimeOffset now)
    {
        var row = new JsonObject { ["cells"] = new JsonArray([.. columns.Select(column => column.Cell(snapshot.Object, now))]) };
        JsonNode? carried = include switch
        {
            TableRowObject.Metadata => Representations.PartialMetadata(snapshot),
            TableRowObject.Whole => snapshot.Copy(),
            TableRowObject.None => null,
        };
        if (carried is not null)
        {
            row["object"] = carried;
        }

        return row;
    }
}
