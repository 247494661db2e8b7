using Argosy.Executor.Agents;
using Argosy.Executor.Containers;
using Argosy.Executor.Outputs;
using Argosy.Executor.Plans;

namespace Argosy.Executor.Inputs;

/// <summary>
/// What the init container does: puts this program and the plan where the other containers find them, the script where its command does,
/// and delivers the inputs. An init container may run again, so everything may be there already.
/// </summary>
internal static class PodPreparation
{
    private const UnixFileMode Program = (UnixFileMode)0b111_101_101;
    private const UnixFileMode Readable = (UnixFileMode)0b110_100_100;

    /// <returns>The container's exit code.</returns>
    public static async Task<int> RunAsync(ExecutorOptions options, TimeProvider time)
    {
        var most = TerminationMessageFile.MostBytes;
        try
        {
            var bytes = PlanFile.Bytes(options.Plan, Environment.GetEnvironmentVariable);
            var plan = PlanFile.Read(bytes, options.Plan);
            most = plan.MessageBytes;
            await PrepareAsync(options, plan, bytes, time);
            return 0;
        }
        catch (Exception failure) when (failure is ExecutorException or IOException or UnauthorizedAccessException)
        {
            Console.Error.WriteLine($"argosy-executor: {failure.Message}");
            TerminationMessageFile.Write(options.Message, new TerminationMessage { Error = failure.Message }, most);
            return ExitCodes.Executor;
        }
    }

    private static async Task PrepareAsync(ExecutorOptions options, ExecutorPlan plan, byte[] bytes, TimeProvider time)
    {
        Place(Path.Combine(options.Shared, "argosy-executor"), Program, there => File.Copy(Environment.ProcessPath!, there, overwrite: true));
        Place(options.SharedPlan, Readable, there => File.WriteAllBytes(there, bytes));
        new ContainerMarks(options.Shared, time).Reset();
        if (plan.Script is { } script)
        {
            Place(Path.Combine(options.Staging, "script"), Program, there => File.WriteAllText(there, script));
        }

        if (plan.Inputs.Count > 0)
        {
            using var agent = new AgentClient(plan.AgentUrls, options.Token, time);
            await new InputDelivery(agent, Path.Combine(options.Shared, "inputs")).DeliverAsync(plan.Inputs, CancellationToken.None);
        }
    }

    private static void Place(string path, UnixFileMode mode, Action<string> write)
    {
        var there = path + ".new";
        write(there);
        File.SetUnixFileMode(there, mode);
        File.Move(there, path, overwrite: true);
    }
}
