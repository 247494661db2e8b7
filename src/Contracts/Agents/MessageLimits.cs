namespace Argosy.Contracts.Agents;

/// <summary>How large one message between hub and agent may be. A larger one would end the session, and be sent again in the next.</summary>
public static class MessageLimits
{
    /// <summary>What either side takes, in bytes.</summary>
    public const int LargestBytes = 16 * 1024 * 1024;

    /// <summary>What an order or a report may take of it, in bytes.</summary>
    public const int LargestBodyBytes = 15 * 1024 * 1024;
}
