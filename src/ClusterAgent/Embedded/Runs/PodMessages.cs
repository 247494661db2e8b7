namespace Argosy.ClusterAgent.Embedded.Runs;

/// <summary>Messages that more than one part of the runtime reports.</summary>
internal static class PodMessages
{
    public const string CancelledBeforeStart = "cancelled before it started";

    public static string Cancelled(string reason) => reason.Length > 0 ? reason : "cancelled";
}
