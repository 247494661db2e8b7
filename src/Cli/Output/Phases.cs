using Argosy.Cli.Client;

namespace Argosy.Cli.Output;

/// <summary>One sign and one colour for each phase.</summary>
internal static class Phases
{
    public static (string Icon, int Color) Of(string phase) => phase switch
    {
        "Pending" => ("◷", Ansi.Yellow),
        "Running" => ("●", Ansi.Cyan),
        "Succeeded" => ("✔", Ansi.Green),
        "Failed" => ("✖", Ansi.Red),
        "Error" => ("⚠", Ansi.Red),
        "Skipped" or "Omitted" => ("○", Ansi.Default),
        _ => ("", Ansi.Default),
    };

    public static (string Icon, int Color) Of(Node node) => node.IsActiveSuspend ? ("ǁ", Ansi.Cyan) : Of(node.Phase);

    /// <summary>The workflow's phase with what the phase alone does not say.</summary>
    public static string Describe(Workflow workflow) => workflow.Phase switch
    {
        "" => workflow.CreatedAt is null ? "Unknown" : "Pending",
        "Running" when workflow.IsSuspended => "Running (Suspended)",
        "Failed" when workflow.Json.Text("spec", "shutdown") == "Terminate" => "Failed (Terminated)",
        var phase => phase,
    };
}
