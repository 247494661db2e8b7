using System.Text.Json.Nodes;
using Argosy.Cli.Client;

namespace Argosy.Cli.Output;

/// <summary>Log lines with the pod in front, in the pod's colour.</summary>
internal sealed class LogPrinter(Shell shell, bool colors)
{
    public async Task PrintAsync(IAsyncEnumerable<JsonObject> lines)
    {
        await foreach (var line in lines)
        {
            var pod = line.Text("podName") ?? "";
            await shell.Out.WriteLineAsync(Ansi.Paint($"{pod}: {line.Text("content")}", Ansi.ColorOf(pod), colors));
        }

        await shell.Out.FlushAsync();
    }
}
