using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Argosy.Bench;
using Argosy.Hub.Bench;

// Each load runs in a process of its own, so that its peak of memory is its own.
if (args is [])
{
    var failures = 0;
    foreach (var (load, size) in Load.Sizes)
    {
        using var child = Process.Start(Environment.ProcessPath!, [load, size.ToString(CultureInfo.InvariantCulture)]);
        await child.WaitForExitAsync();
        failures += child.ExitCode == 0 ? 0 : 1;
    }

    return failures;
}

var name = args[0];
var asked = args.Length > 1 ? int.Parse(args[1], CultureInfo.InvariantCulture) : Load.Sizes.GetValueOrDefault(name);
var data = Directory.CreateTempSubdirectory("argosy-hub-bench-");
try
{
    var measure = await HubMeasure.TakeAsync(name, asked, data.FullName);
    Console.WriteLine(JsonSerializer.Serialize(new { bench = "hub", machine = Machine.Describe(), measure }, JsonSerializerOptions.Web));
    return 0;
}
finally
{
    data.Delete(recursive: true);
}
