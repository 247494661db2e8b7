using System.Collections;

namespace Argosy.Cli;

/// <summary>What surrounds a command: where it reads, writes and looks up settings. A test brings its own.</summary>
internal sealed record Shell
{
    public required TextReader In { get; init; }

    public required TextWriter Out { get; init; }

    public required TextWriter Error { get; init; }

    public required IReadOnlyDictionary<string, string> Environment { get; init; }

    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>Whether someone watches: output may be redrawn.</summary>
    public bool IsTerminal { get; init; }

    /// <summary>Whether output may be coloured. See no-color.org.</summary>
    public bool Colors { get; init; }

    public string? Variable(string name) => Environment.GetValueOrDefault(name) is { Length: > 0 } value ? value : null;

    public static Shell OfThisProcess()
    {
        var environment = System.Environment.GetEnvironmentVariables()
            .Cast<DictionaryEntry>()
            .ToDictionary(entry => (string)entry.Key, entry => (string?)entry.Value ?? "");
        var isTerminal = !Console.IsOutputRedirected && environment.GetValueOrDefault("TERM") != "dumb";
        return new Shell
        {
            In = Console.In,
            Out = Console.Out,
            Error = Console.Error,
            Environment = environment,
            IsTerminal = isTerminal,
            Colors = isTerminal && !environment.ContainsKey("NO_COLOR"),
        };
    }
}
