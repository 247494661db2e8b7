using System.Diagnostics;

namespace Argosy.Scenarios.Hubs;

/// <summary>What a program left behind when it ended.</summary>
internal sealed record Finished(string Command, int Code, string Output, string Error)
{
    /// <summary>Runs a program to its end.</summary>
    public static async Task<Finished> RunAsync(ProcessStartInfo start, string input = "")
    {
        start.RedirectStandardInput = true;
        start.RedirectStandardOutput = true;
        start.RedirectStandardError = true;
        using var process = Process.Start(start)!;
        var cancellation = TestContext.Current.CancellationToken;
        await using var kill = cancellation.Register(() => process.Kill(entireProcessTree: true));
        var output = process.StandardOutput.ReadToEndAsync(CancellationToken.None);
        var error = process.StandardError.ReadToEndAsync(CancellationToken.None);
        await process.StandardInput.WriteAsync(input);
        process.StandardInput.Close();
        await process.WaitForExitAsync(CancellationToken.None);
        cancellation.ThrowIfCancellationRequested();
        return new Finished($"{start.FileName} {string.Join(' ', start.ArgumentList)}", process.ExitCode, await output, await error);
    }

    /// <summary>The output of a command that must have succeeded.</summary>
    public string Succeeded()
    {
        Assert.True(Code == 0, $"{this}");
        return Output;
    }

    /// <summary>The errors of a command that must have ended with this code.</summary>
    public string Failed(int code = 1)
    {
        Assert.True(Code == code, $"not exit code {code}: {this}");
        return Error;
    }

    public override string ToString() => $"{Command}\nexit code {Code}\n{Error}\n{Output}";
}
