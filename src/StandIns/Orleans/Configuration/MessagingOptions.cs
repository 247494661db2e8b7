namespace Orleans.Configuration;

/// <summary>How requests travel.</summary>
public abstract class MessagingOptions
{
    /// <summary>How long a caller waits for an answer before it sees a <see cref="TimeoutException"/>; default 30 s.</summary>
    public TimeSpan ResponseTimeout { get; set; } = TimeSpan.FromSeconds(30);
}

/// <summary>How requests travel in a silo.</summary>
public class SiloMessagingOptions : MessagingOptions;
