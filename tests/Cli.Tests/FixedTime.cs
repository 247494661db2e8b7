namespace Argosy.Cli.Tests;

/// <summary>A clock that stands at one moment; what waits by it waits by the machine's clock.</summary>
internal sealed class FixedTime(DateTimeOffset now) : TimeProvider
{
    /// <summary>Ten minutes after the fixtures' workflows began.</summary>
    public static readonly FixedTime TenMinutesIn = new(new(2026, 3, 1, 12, 10, 0, TimeSpan.Zero));

    public override DateTimeOffset GetUtcNow() => now;
}
