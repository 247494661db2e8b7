namespace Argosy.Engine.Cron;

/// <summary>
/// Five fields over the clock and calendar of a zone. An instant is named when the zone's clock shows fitting values: a time that the clock
/// skips in spring does not come, and one that it shows twice in autumn comes twice.
/// </summary>
internal sealed class CalendarSchedule : CronSchedule
{
    private const int Horizon = 5;
    private const int LastYear = 9990;

    private readonly CronField minutes;
    private readonly CronField hours;
    private readonly CronField daysOfMonth;
    private readonly CronField months;
    private readonly CronField daysOfWeek;
    private readonly TimeZoneInfo zone;

    private CalendarSchedule(string[] fields, TimeZoneInfo zone)
    {
        this.zone = zone;
        minutes = CronField.Parse(fields[0], CronBounds.Minutes);
        hours = CronField.Parse(fields[1], CronBounds.Hours);
        daysOfMonth = CronField.Parse(fields[2], CronBounds.DaysOfMonth);
        months = CronField.Parse(fields[3], CronBounds.Months);
        daysOfWeek = CronField.Parse(fields[4], CronBounds.DaysOfWeek);
    }

    /// <exception cref="FormatException">The text is not five fields.</exception>
    public static CalendarSchedule Parse(string text, TimeZoneInfo zone)
    {
        var fields = text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        return fields.Length == 5
            ? new CalendarSchedule(fields, zone)
            : throw new FormatException($"expected exactly 5 fields, found {fields.Length}: [{string.Join(' ', fields)}]");
    }

    public override DateTimeOffset? Next(DateTimeOffset after)
    {
        if (after.Year is < 2 or > LastYear)
        {
            return null;
        }

        var local = InZone(DateTimeOffset.FromUnixTimeSeconds(after.ToUnixTimeSeconds() + 1));
        var last = local.Year + Horizon;
        while (local.Year <= last)
        {
            if (!months.Has(local.Month))
            {
                local = BeginOf(new DateTime(local.Year, local.Month, 1).AddMonths(1));
            }
            else if (!HasDay(local))
            {
                local = BeginOf(local.Date.AddDays(1));
            }
            else if (!hours.Has(local.Hour))
            {
                local = InZone(local.AddSeconds(3600 - (local.Minute * 60) - local.Second));
            }
            else if (!minutes.Has(local.Minute) || local.Second != 0)
            {
                local = InZone(local.AddSeconds(60 - local.Second));
            }
            else
            {
                return local.ToUniversalTime();
            }
        }

        return null;
    }

    /// <summary>Where both fields say something a day fits either; a star in one leaves the word to the other.</summary>
    private bool HasDay(DateTimeOffset local)
    {
        var (ofMonth, ofWeek) = (daysOfMonth.Has(local.Day), daysOfWeek.Has((int)local.DayOfWeek));
        return daysOfMonth.IsStar || daysOfWeek.IsStar ? ofMonth && ofWeek : ofMonth || ofWeek;
    }

    private DateTimeOffset InZone(DateTimeOffset moment) => TimeZoneInfo.ConvertTime(moment, zone);

    /// <summary>The first moment of a day. Some zones change their clock at midnight: then the day begins later, or has two midnights.</summary>
    private DateTimeOffset BeginOf(DateTime day)
    {
        while (zone.IsInvalidTime(day))
        {
            day = day.AddMinutes(1);
        }

        return new DateTimeOffset(day, zone.IsAmbiguousTime(day) ? zone.GetAmbiguousTimeOffsets(day).Max() : zone.GetUtcOffset(day));
    }
}
