using Orleans.Runtime;

namespace Orleans;

/// <summary>A grain that can have reminders.</summary>
public interface IRemindable : IGrain
{
    /// <summary>A reminder is due. A failure is logged; the reminder ticks again after its period.</summary>
    /// <param name="reminderName">Which.</param>
    /// <param name="status">When it was due.</param>
    Task ReceiveReminder(string reminderName, TickStatus status);
}
