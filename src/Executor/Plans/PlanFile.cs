using System.Text.Json;

namespace Argosy.Executor.Plans;

internal static class PlanFile
{
    /// <exception cref="ExecutorException">There is no plan there, or it cannot be read.</exception>
    public static ExecutorPlan Read(string path)
    {
        try
        {
            using var file = File.OpenRead(path);
            return JsonSerializer.Deserialize(file, ExecutorJson.Default.ExecutorPlan)
                ?? throw new ExecutorException($"the plan {path} is empty: the agent that made this pod should have written it");
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or JsonException)
        {
            throw new ExecutorException($"the plan {path} cannot be read: {failure.Message}", failure);
        }
    }
}
