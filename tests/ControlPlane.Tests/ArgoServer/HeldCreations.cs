using System.Threading.Channels;

namespace Argosy.ControlPlane.Tests.ArgoServer;

/// <summary>Holds creations up until they are released, and tells how many wait.</summary>
public sealed class HeldCreations
{
    private readonly TaskCompletionSource open = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Channel<bool> waiting = Channel.CreateUnbounded<bool>();

    /// <summary>Waits until so many creations wait.</summary>
    public async Task WaitingAsync(int count)
    {
        for (var i = 0; i < count; i++)
        {
            await waiting.Reader.ReadAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(60));
        }
    }

    public void Release() => open.TrySetResult();

    internal async Task PassAsync()
    {
        waiting.Writer.TryWrite(true);
        await open.Task;
    }
}
