using System.Diagnostics;
using System.Text;

namespace Argosy.Executor.Tests;

/// <summary>One run of the executor.</summary>
internal sealed class ContainerInSmall(Process process) : IDisposable
{
    private static readonly TimeSpan LongEnough = TimeSpan.FromSeconds(60);

    private readonly StringBuilder _read = new();
    private readonly Task<string> _errors = process.StandardError.ReadToEndAsync();

    public int Id => process.Id;

    public Task<string> Errors => _errors;

    /// <summary>Reads output until there is a line that says it.</summary>
    public async Task SaysAsync(string line)
    {
        using var patience = Patience();
        while (await process.StandardOutput.ReadLineAsync(patience.Token) is { } said)
        {
            _read.AppendLine(said);
            if (said == line)
            {
                return;
            }
        }

        Assert.Fail($"it never said {line}, but: {_read} {await _errors}");
    }

    public async Task<int> EndAsync()
    {
        using var patience = Patience();
        _read.Append(await process.StandardOutput.ReadToEndAsync(patience.Token));
        await process.WaitForExitAsync(patience.Token);
        return process.ExitCode;
    }

    /// <summary>All it wrote; once it has ended.</summary>
    public string Output => _read.ToString();

    public void Signal(string name) => Signal(name, process.Id);

    public static void Signal(string name, int process)
    {
        using var kill = Process.Start("kill", ["-" + name, process.ToString(System.Globalization.CultureInfo.InvariantCulture)]);
        kill.WaitForExit();
        Assert.Equal(0, kill.ExitCode);
    }

    public void Dispose()
    {
        if (!process.HasExited)
        {
            process.Kill(entireProcessTree: true);
        }

        process.Dispose();
    }

    private static CancellationTokenSource Patience()
    {
        var patience = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        patience.CancelAfter(LongEnough);
        return patience;
    }
}
