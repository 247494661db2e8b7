// How fast the journal makes facts durable: appends per second and latency with 1, 64 and 1000 workflows busy at once.
//
//   dotnet run -c Release --project bench/Journal -- [--postgres CONNECTION] [--seconds N] [--data DIR]
//
// Prints one line of JSON. A workflow appends, waits until that is durable, and appends again. SQLite lies in DIR (default: a temporary
// folder): give a folder of the disk in question. The PostgreSQL database must be empty or the bench's own.
using System.Text.Json;
using System.Text.Json.Serialization;
using Argosy.ControlPlane.Storage;
using Argosy.Bench;
using Argosy.Journal.Bench;

var arguments = BenchArguments.Parse(args);
var data = Directory.CreateDirectory(Path.Combine(arguments.DataFolder, $"argosy-bench-{Guid.NewGuid():N}"));
try
{
    List<JournalMeasure> measures = [.. await MeasureAsync(HubDatabase.Sqlite(Path.Combine(data.FullName, "hub.db")))];
    if (arguments.Postgres is { } connectionString)
    {
        measures.AddRange(await MeasureAsync(HubDatabase.PostgreSql(connectionString)));
    }

    var format = new JsonSerializerOptions(JsonSerializerDefaults.Web) { Converters = { new JsonStringEnumConverter() } };
    Console.WriteLine(JsonSerializer.Serialize(new { bench = "journal", machine = Machine.Describe(), measures }, format));
}
finally
{
    data.Delete(recursive: true);
}

async Task<List<JournalMeasure>> MeasureAsync(HubDatabase opened)
{
    await using var database = opened;
    await Migrations.ApplyAsync(database, default);
    var measured = new List<JournalMeasure>();
    foreach (var workflows in (int[])[1, 64, 1000])
    {
        measured.Add(await JournalMeasure.TakeAsync(database, workflows, arguments.Duration));
    }

    return measured;
}
