using System.Globalization;
using System.Text.Json;

namespace Argosy.Executor.Plans;

/// <summary>
/// Where a plan is read. The init container has it in its variables, in parts of base64 that Linux takes and Kubernetes leaves alone; it writes the
/// others a file.
/// </summary>
internal static class PlanFile
{
    private const string Variable = "ARGOSY_PLAN_";

    /// <summary>The plan as the agent wrote it.</summary>
    /// <exception cref="ExecutorException">There is none.</exception>
    public static byte[] Bytes(string path, Func<string, string?> variable)
    {
        using var bytes = new MemoryStream();
        try
        {
            for (var part = 0; variable(Variable + part.ToString(CultureInfo.InvariantCulture)) is { } text; part++)
            {
                bytes.Write(Convert.FromBase64String(text));
            }

            return bytes.Length > 0 ? bytes.ToArray() : File.ReadAllBytes(path);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or FormatException)
        {
            throw new ExecutorException($"there is no plan, neither in {Variable}0 nor in {path}: {failure.Message}", failure);
        }
    }

    /// <exception cref="ExecutorException">It cannot be read.</exception>
    public static ExecutorPlan Read(string path)
    {
        try
        {
            return Read(File.ReadAllBytes(path), path);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new ExecutorException($"the plan {path} cannot be read: {failure.Message}", failure);
        }
    }

    /// <param name="where">For people.</param>
    /// <exception cref="ExecutorException">It is no plan.</exception>
    public static ExecutorPlan Read(byte[] bytes, string where)
    {
        try
        {
            return JsonSerializer.Deserialize(bytes, ExecutorJson.Default.ExecutorPlan)
                ?? throw new ExecutorException($"the plan {where} is empty: the agent that made this pod should have written it");
        }
        catch (JsonException failure)
        {
            throw new ExecutorException($"the plan {where} cannot be read: {failure.Message}", failure);
        }
    }
}
