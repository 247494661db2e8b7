using System.Text;
using System.Text.Json;
using Argosy.Executor.Plans;

namespace Argosy.Executor.Outputs;

/// <summary>The file whose content the kubelet shows as the end of a container.</summary>
internal static class TerminationMessageFile
{
    /// <summary>What the kubelet shows of it.</summary>
    public const int MostBytes = 4096;

    private const int LongestError = 1024;

    public static byte[] Bytes(TerminationMessage message) => JsonSerializer.SerializeToUtf8Bytes(message, ExecutorJson.Terse.TerminationMessage);

    /// <summary>Writes it, or complains to the log: by now nothing else can be done about it.</summary>
    public static void Write(string path, TerminationMessage message)
    {
        try
        {
            using var file = new FileStream(path, File.Exists(path) ? FileMode.Truncate : FileMode.CreateNew, FileAccess.Write);
            file.Write(Bytes(message with { Error = Short(message.Error) }));
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            Console.Error.WriteLine($"argosy-executor: the outputs cannot be written to {path}: {failure.Message}");
        }
    }

    public static string? Short(string? error) => error is null || Encoding.UTF8.GetByteCount(error) <= LongestError
        ? error
        : string.Concat(error.EnumerateRunes().Take(LongestError / 4).Select(rune => rune.ToString())) + "…";
}
