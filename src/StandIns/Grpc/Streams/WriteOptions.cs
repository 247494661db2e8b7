namespace Grpc.Core;

/// <summary>How a message is to be sent.</summary>
[Flags]
// The package's name.
#pragma warning disable CA1711, CA1726
public enum WriteFlags
#pragma warning restore CA1711, CA1726
{
    /// <summary>May wait in a buffer for the next message.</summary>
    BufferHint = 1,

    /// <summary>Goes uncompressed although the call compresses.</summary>
    NoCompress = 2,
}

/// <summary>Options of the messages sent.</summary>
public sealed class WriteOptions(WriteFlags flags = default)
{
    public static readonly WriteOptions Default = new();

    public WriteFlags Flags { get; } = flags;

    public WriteOptions WithFlags(WriteFlags flags) => flags == Flags ? this : new WriteOptions(flags);

    internal bool Compresses => (Flags & WriteFlags.NoCompress) == 0;

    internal bool Flushes => (Flags & WriteFlags.BufferHint) == 0;
}
