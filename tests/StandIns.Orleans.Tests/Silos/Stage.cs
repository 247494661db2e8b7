using System.Collections.Concurrent;
using System.Threading.Channels;

namespace Argosy.StandIns.Orleans.Tests.Silos;

/// <summary>Where a test and its grains meet: grains note what happens and wait at named gates until the test opens them.</summary>
internal sealed class Stage
{
    private readonly ConcurrentDictionary<string, TaskCompletionSource> gates = new();
    private readonly ConcurrentDictionary<string, bool> seen = new();
    private readonly Channel<string> notes = Channel.CreateUnbounded<string>();
    private volatile bool open;

    public void Note(string note) => notes.Writer.TryWrite(note);

    /// <summary>True the first time it is asked about <paramref name="thing"/>.</summary>
    public bool Once(string thing) => seen.TryAdd(thing, true);

    /// <summary>Waits for the next note.</summary>
    public async Task<string> NextAsync() => await notes.Reader.ReadAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(30));

    /// <summary>The notes that have been made and not been read.</summary>
    public IReadOnlyList<string> Rest()
    {
        var rest = new List<string>();
        while (notes.Reader.TryRead(out var note))
        {
            rest.Add(note);
        }

        return rest;
    }

    /// <summary>Waits until the test opens the gate.</summary>
    public Task PassAsync(string gate) => open ? Task.CompletedTask : Gate(gate).Task;

    public void Open(string gate) => Gate(gate).TrySetResult();

    public void OpenAll()
    {
        open = true;
        foreach (var gate in gates.Values)
        {
            gate.TrySetResult();
        }
    }

    private TaskCompletionSource Gate(string gate) =>
        gates.GetOrAdd(gate, _ => new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
}
