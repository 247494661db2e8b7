namespace Argosy.ControlPlane.Tests.Access;

/// <summary>A clock that stands until it is told otherwise.</summary>
internal sealed class SettableTime(DateTimeOffset now) : TimeProvider
{
    public DateTimeOffset Now { get; set; } = now;

    public override DateTimeOffset GetUtcNow() => Now;
}
