using System.Security;

namespace Argosy.Engine.Cron;

/// <summary>Time zones by their IANA names.</summary>
internal static class CronTimeZone
{
    /// <summary>The zone; null when there is none of that name. <c>Local</c> is the hub's zone, and that is UTC.</summary>
    public static TimeZoneInfo? Find(string name)
    {
        if (name is "" or "UTC" or "Local")
        {
            return TimeZoneInfo.Utc;
        }

        // Zones are files: a name must not lead elsewhere. A blank is only in names that another system uses.
        if (name[0] is '/' or '\\' || name.Contains("..", StringComparison.Ordinal) || name.Any(letter => char.IsWhiteSpace(letter) || char.IsControl(letter)))
        {
            return null;
        }

        try
        {
            return TimeZoneInfo.TryFindSystemTimeZoneById(name, out var zone) ? zone : null;
        }
        catch (Exception unreadable) when (unreadable is SecurityException or InvalidTimeZoneException or ArgumentException)
        {
            return null;
        }
    }
}
