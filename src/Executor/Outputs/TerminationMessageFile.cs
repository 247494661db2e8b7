using System.Text;
using System.Text.Json;
using Argosy.Executor.Plans;

namespace Argosy.Executor.Outputs;

/// <summary>The file whose content the kubelet shows as the end of a container.</summary>
internal static class TerminationMessageFile
{
    /// <summary>What the kubelet shows of it, in a pod of few containers.</summary>
    public const int MostBytes = 4096;

    public static byte[] Bytes(TerminationMessage message) => JsonSerializer.SerializeToUtf8Bytes(message, ExecutorJson.Terse.TerminationMessage);

    /// <summary>Writes it, or complains to the log: by now nothing else can be done about it.</summary>
    /// <param name="most">What the kubelet shows of it in this pod.</param>
    public static void Write(string path, TerminationMessage message, int most)
    {
        try
        {
            using var file = new FileStream(path, File.Exists(path) ? FileMode.Truncate : FileMode.CreateNew, FileAccess.Write);
            file.Write(Bytes(message with { Error = Short(message.Error, most) }));
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            Console.Error.WriteLine($"argosy-executor: the outputs cannot be written to {path}: {failure.Message}");
        }
    }

    /// <summary>The error in no more than a quarter of a message, for outputs need the rest.</summary>
    public static string? Short(string? error, int most)
    {
        var longest = most / 4;
        return error is null || Encoding.UTF8.GetByteCount(error) <= longest
            ? error
            : string.Concat(error.EnumerateRunes().Take(longest / 4).Select(rune => rune.ToString())) + "…";
    }
}
