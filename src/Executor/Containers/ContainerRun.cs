using Argosy.Executor.Outputs;
using Argosy.Executor.Plans;
using Argosy.Executor.Processes;

namespace Argosy.Executor.Containers;

/// <summary>The life of one wrapped container: wait for those it depends on, run the command, take its outputs, say how it ended.</summary>
internal sealed class ContainerRun : IDisposable
{
    private readonly ExecutorOptions _options;
    private readonly TimeProvider _time;
    private readonly ExecutorPlan _plan;
    private readonly ContainerPlan _container;
    private readonly ContainerMarks _marks;
    private readonly UserCommand _command;
    private readonly SignalForwarding _signals;
    private readonly CancellationTokenSource _told = new();
    private readonly OutputTail? _tail;

    private ContainerRun(ExecutorOptions options, TimeProvider time)
    {
        (_options, _time, _plan) = (options, time, PlanFile.Read(options.SharedPlan));
        _container = _plan.Containers.TryGetValue(options.Container, out var planned)
            ? planned
            : throw new ExecutorException($"the plan has no container '{options.Container}': it has {string.Join(", ", _plan.Containers.Keys)}");
        _marks = new ContainerMarks(options.Shared, time);
        _command = new UserCommand(options.Command, TimeSpan.FromSeconds(_plan.GraceSeconds), time);
        _tail = GivesOutputs && _plan.CaptureResult ? new OutputTail() : null;
        _signals = new SignalForwarding(End, _command.Forward);
    }

    private bool GivesOutputs => _options.Container == _plan.OutputsOf && _container.Role != ContainerRole.Sidecar;

    /// <returns>The container's exit code.</returns>
    public static async Task<int> RunAsync(ExecutorOptions options, TimeProvider time)
    {
        if (options.Command.Count == 0)
        {
            throw new ExecutorException($"container '{options.Container}' has no command: name one after --");
        }

        using var run = new ContainerRun(options, time);
        using var alive = run._marks.MarkAlive(options.Container);
        var ended = await run.ToItsEndAsync();
        run.Say(ended);
        run._marks.MarkEnded(options.Container, ended.ExitCode);
        return ended.ExitCode;
    }

    public void Dispose()
    {
        _signals.Dispose();
        _command.Dispose();
        _told.Dispose();
    }

    private async Task<ContainerEnd> ToItsEndAsync()
    {
        try
        {
            if (await FailedDependencyAsync() is { } failed)
            {
                return new ContainerEnd(ExitCodes.Executor, failed, new TerminationMessage { Error = failed, Skipped = true });
            }

            return _container.Role == ContainerRole.Sidecar ? await AsSidecarAsync() : await AsStepAsync();
        }
        catch (OperationCanceledException) when (_command.Ending)
        {
            return new ContainerEnd(await _command.RunAsync(tail: null)); // does not start any more, and says by which signal
        }
        catch (CommandNotStartedException failure)
        {
            return new ContainerEnd(failure.ExitCode, failure.Message);
        }
        catch (ExecutorException failure)
        {
            return new ContainerEnd(ExitCodes.Executor, failure.Message);
        }
    }

    private async Task<string?> FailedDependencyAsync()
    {
        foreach (var dependency in _container.Dependencies)
        {
            if (await _marks.EndOfAsync(dependency, _told.Token) is not 0 and var code)
            {
                return $"container '{dependency}', on which '{_options.Container}' depends, ended with exit code {code}";
            }
        }

        return null;
    }

    private async Task<ContainerEnd> AsStepAsync()
    {
        using var progress = GivesOutputs ? ProgressWatch.Start(_plan, _options, _time) : null;
        var exitCode = await RunWithRetriesAsync();
        var reached = progress is null ? null : await progress.StopAsync();
        return GivesOutputs
            ? await OutputCollection.CollectAsync(_plan, _options, exitCode, _tail?.Text(), reached, _time)
            : new ContainerEnd(exitCode);
    }

    private async Task<int> RunWithRetriesAsync()
    {
        for (var retry = 0; ; retry++)
        {
            _tail?.Clear();
            var exitCode = await _command.RunAsync(_tail);
            if (exitCode == 0 || retry >= _container.Retries || _command.Ending)
            {
                return exitCode;
            }

            await Task.Delay(TimeSpan.FromMilliseconds(_container.RetryPauseMilliseconds), _time, _told.Token);
        }
    }

    private async Task<ContainerEnd> AsSidecarAsync()
    {
        var own = _command.RunAsync(tail: null);
        var others = Task.WhenAll(_plan.Containers
            .Where(other => other.Value.Role != ContainerRole.Sidecar)
            .Select(other => _marks.EndOfAsync(other.Key, _told.Token)));
        if (await Task.WhenAny(own, others) == own || _command.Ending)
        {
            return new ContainerEnd(await own);
        }

        await others;
        _command.End(SignalForwarding.Terminate);
        _ = await own;
        return new ContainerEnd(0); // it was not to end by itself, so how it took its end says nothing
    }

    private void End(int signal)
    {
        _command.End(signal);
        _told.Cancel();
    }

    private void Say(ContainerEnd ended)
    {
        if (ended.Error is { } error)
        {
            Console.Error.WriteLine($"argosy-executor: {error}");
        }

        if ((ended.Message ?? (ended.Error is { } only ? new TerminationMessage { Error = only } : null)) is { } message)
        {
            TerminationMessageFile.Write(_options.Message, message, _plan.MessageBytes);
        }
    }
}
