using System.Runtime.InteropServices;

namespace Argosy.Bench;

/// <summary>The machine a number was measured on; without it the number says nothing.</summary>
internal sealed record Machine(string Cpu, int Cores, string Os, string Runtime)
{
    private const string ModelKey = "model name";

    public static Machine Describe() =>
        new(CpuModel(), Environment.ProcessorCount, RuntimeInformation.OSDescription, RuntimeInformation.FrameworkDescription);

    private static string CpuModel()
    {
        var line = File.Exists("/proc/cpuinfo")
            ? File.ReadLines("/proc/cpuinfo").FirstOrDefault(line => line.StartsWith(ModelKey, StringComparison.Ordinal))
            : null;
        return line?.Split(':', 2)[1].Trim() ?? RuntimeInformation.ProcessArchitecture.ToString();
    }
}
