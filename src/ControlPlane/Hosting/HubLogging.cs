using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Argosy.ControlPlane.Hosting;

internal static class HubLogging
{
    /// <summary>Warnings and errors of the hub's own rooms to standard error, one line each; what frameworks say only when it is an error.</summary>
    public static void AddHubLogging(this ILoggingBuilder logging)
    {
        logging.ClearProviders();
        logging.AddSimpleConsole(console => console.SingleLine = true);
        logging.AddFilter("Microsoft", LogLevel.Error);

        // What keeps the host from starting is thrown, and told by who catches it; what ends it later is logged as critical.
        logging.AddFilter("Microsoft.Extensions.Hosting.Internal.Host", LogLevel.Critical);
        logging.AddFilter("Orleans", LogLevel.Error);
        logging.SetMinimumLevel(LogLevel.Warning);
        logging.Services.Configure<Microsoft.Extensions.Logging.Console.ConsoleLoggerOptions>(
            console => console.LogToStandardErrorThreshold = LogLevel.Trace);
    }
}
