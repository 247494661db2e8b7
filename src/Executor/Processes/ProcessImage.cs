using System.Runtime.InteropServices;
using System.Text;

namespace Argosy.Executor.Processes;

/// <summary>Starts a program in a process group of its own, with this program's environment to the byte, and all signals as a new program expects them.</summary>
internal static unsafe class ProcessImage
{
    private const int StandardOutput = 1;

    /// <param name="command">The program, looked up in PATH unless it has a slash, and its arguments.</param>
    /// <param name="output">What becomes its standard output; -1: this program's.</param>
    /// <exception cref="CommandNotStartedException">There is no such program, or it cannot be run.</exception>
    public static int Start(IReadOnlyList<string> command, int output)
    {
        var attributes = stackalloc byte[Libc.OpaqueBytes];
        var actions = stackalloc byte[Libc.OpaqueBytes];
        var signals = stackalloc byte[Libc.OpaqueBytes];
        _ = Libc.InitAttributes(attributes);
        _ = Libc.SetFlags(attributes, Libc.SetProcessGroup | Libc.SetSignalDefaults | Libc.SetSignalMask);
        _ = Libc.SetGroup(attributes, 0);
        _ = Libc.FillSignals(signals);
        _ = Libc.SetDefaults(attributes, signals);
        _ = Libc.EmptySignals(signals);
        _ = Libc.SetMask(attributes, signals);
        _ = Libc.InitActions(actions);
        if (output >= 0)
        {
            _ = Libc.AddDuplicate(actions, output, StandardOutput);
        }

        using var arguments = new StringArray(command.Select(Encoding.UTF8.GetBytes));
        using var environment = new StringArray(Environment());
        try
        {
            var failure = Libc.Spawn(out var process, arguments.Pointer[0], actions, attributes, arguments.Pointer, environment.Pointer);
            return failure == 0 ? process : throw new CommandNotStartedException(command[0], failure);
        }
        finally
        {
            _ = Libc.DestroyActions(actions);
            _ = Libc.DestroyAttributes(attributes);
        }
    }

    /// <summary>As bytes: a value out of a Secret may be no text.</summary>
    private static IEnumerable<byte[]> Environment()
    {
        var rest = File.ReadAllBytes("/proc/self/environ").AsSpan();
        List<byte[]> variables = [];
        while (rest.Length > 0)
        {
            var end = rest.IndexOf((byte)0);
            variables.Add(rest[..(end < 0 ? rest.Length : end)].ToArray());
            rest = end < 0 ? [] : rest[(end + 1)..];
        }

        return variables;
    }

    /// <summary>C's array of strings: each ends with a zero, and so does the array.</summary>
    private sealed class StringArray : IDisposable
    {
        private readonly List<nint> _strings = [];

        public StringArray(IEnumerable<byte[]> strings)
        {
            foreach (var text in strings)
            {
                var copy = (byte*)NativeMemory.Alloc((nuint)text.Length + 1);
                text.CopyTo(new Span<byte>(copy, text.Length));
                copy[text.Length] = 0;
                _strings.Add((nint)copy);
            }

            Pointer = (byte**)NativeMemory.AllocZeroed((nuint)(_strings.Count + 1), (nuint)sizeof(byte*));
            for (var at = 0; at < _strings.Count; at++)
            {
                Pointer[at] = (byte*)_strings[at];
            }
        }

        public byte** Pointer { get; }

        public void Dispose()
        {
            _strings.ForEach(text => NativeMemory.Free((void*)text));
            NativeMemory.Free(Pointer);
        }
    }
}
