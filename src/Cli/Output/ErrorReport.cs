using Argosy.Cli.Client;
using Argosy.Cli.Manifests;

namespace Argosy.Cli;

/// <summary>Says to a person what went wrong. Stack traces are for those who ask with --verbose.</summary>
internal static class ErrorReport
{
    public static async Task WriteAsync(Exception exception, TextWriter error, bool verbose)
    {
        await error.WriteLineAsync($"argosy: {exception.Message}");
        foreach (var (path, message) in Details(exception))
        {
            await error.WriteLineAsync(path.Length == 0 ? $"  {message}" : $"  {path}: {message}");
        }

        if (verbose)
        {
            await error.WriteLineAsync(exception.ToString());
        }
        else if (exception is not (CommandException or HubRefusal or BadManifestException))
        {
            await error.WriteLineAsync("  this is not expected; --verbose shows where it happened");
        }
    }

    private static IEnumerable<(string Path, string Message)> Details(Exception exception) => exception switch
    {
        HubRefusal refusal => refusal.Causes,
        BadManifestException bad => bad.Errors,
        _ => [],
    };
}
