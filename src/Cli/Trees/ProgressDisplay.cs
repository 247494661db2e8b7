using System.Text.Json.Nodes;
using Argosy.Cli.Client;
using Spectre.Console;

namespace Argosy.Cli.Trees;

/// <summary>Shows a workflow while it runs: as a live tree on a terminal, as lines elsewhere.</summary>
internal sealed class ProgressDisplay(Shell shell)
{
    private static readonly TimeSpan Redraw = TimeSpan.FromMilliseconds(200);

    /// <summary>Shows each state as it comes and answers the last.</summary>
    public Task<Workflow> ShowAsync(IAsyncEnumerable<JsonObject> states, CancellationToken cancellationToken) =>
        shell.IsTerminal ? DrawAsync(states, cancellationToken) : TellAsync(states, cancellationToken);

    private async Task<Workflow> TellAsync(IAsyncEnumerable<JsonObject> states, CancellationToken cancellationToken)
    {
        Workflow? workflow = null;
        PhaseStory? story = null;
        await foreach (var state in states.WithCancellation(cancellationToken))
        {
            workflow = new Workflow(state);
            story ??= new PhaseStory(workflow.Name);
            foreach (var line in story.Tell(workflow, shell.Time.GetUtcNow()))
            {
                await shell.Out.WriteLineAsync(line);
            }

            await shell.Out.FlushAsync(cancellationToken);
        }

        return workflow ?? throw new CommandException("the hub showed no workflow");
    }

    private async Task<Workflow> DrawAsync(IAsyncEnumerable<JsonObject> states, CancellationToken cancellationToken)
    {
        Workflow? latest = null;
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(shell.Out) });
        await console.Live(new Text("")).Overflow(VerticalOverflow.Ellipsis).Cropping(VerticalOverflowCropping.Top).StartAsync(async live =>
        {
            using var done = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            var reading = ReadAsync(states, state => Volatile.Write(ref latest, state), done);
            using var beat = new PeriodicTimer(Redraw, shell.Time);
            while (!reading.IsCompleted && await BeatAsync(beat, done.Token))
            {
                Update(live, Volatile.Read(ref latest));
            }

            await reading;
            Update(live, latest);
        });
        return latest ?? throw new CommandException("the hub showed no workflow");
    }

    private static async Task ReadAsync(
        IAsyncEnumerable<JsonObject> states, Action<Workflow> show, CancellationTokenSource done)
    {
        try
        {
            await foreach (var state in states.WithCancellation(done.Token))
            {
                show(new Workflow(state));
            }
        }
        finally
        {
            await done.CancelAsync();
        }
    }

    // False when there is nothing more to wait for.
    private static async Task<bool> BeatAsync(PeriodicTimer beat, CancellationToken done)
    {
        try
        {
            return await beat.WaitForNextTickAsync(done);
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    private void Update(LiveDisplayContext live, Workflow? workflow)
    {
        if (workflow is not null)
        {
            live.UpdateTarget(LiveTree.Draw(workflow, shell.Time.GetUtcNow()));
        }
    }
}
