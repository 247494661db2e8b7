namespace Argosy.Architecture.Tests;

/// <summary>What is outside of a pure function: files, the network, processes, threads, clocks and chance.</summary>
internal static class World
{
    private static readonly string[] OutsideNamespaces =
    [
        "System.Net.", "System.IO.Pipes.", "System.IO.MemoryMappedFiles.", "System.IO.IsolatedStorage.", "Microsoft.AspNetCore.",
        "Microsoft.EntityFrameworkCore.", "Microsoft.Extensions.", "Microsoft.Win32.", "Npgsql.",
    ];

    private static readonly HashSet<string> OutsideTypes =
    [
        "System.Console", "System.Diagnostics.Process", "System.IO.Directory", "System.IO.DirectoryInfo", "System.IO.DriveInfo",
        "System.IO.File", "System.IO.FileInfo", "System.IO.FileStream", "System.IO.FileSystemWatcher", "System.IO.RandomAccess",
        "System.Threading.PeriodicTimer", "System.Threading.Thread", "System.Threading.ThreadPool", "System.Threading.Timer",
        "System.TimeProvider", "System.Timers.Timer",
    ];

    private static readonly HashSet<string> WallClocks =
    [
        "System.DateTime.get_Now", "System.DateTime.get_Today", "System.DateTime.get_UtcNow", "System.DateTimeOffset.get_Now",
        "System.DateTimeOffset.get_UtcNow", "System.TimeZoneInfo.get_Local",
    ];

    private static readonly HashSet<string> Stopwatches =
    [
        "System.Diagnostics.Stopwatch.GetElapsedTime", "System.Diagnostics.Stopwatch.GetTimestamp", "System.Diagnostics.Stopwatch.StartNew",
        "System.Diagnostics.Stopwatch..ctor", "System.Environment.get_TickCount", "System.Environment.get_TickCount64",
    ];

    private static readonly HashSet<string> Chance =
    [
        "System.Guid.CreateVersion7", "System.Guid.NewGuid", "System.IO.Path.GetRandomFileName", "System.IO.Path.GetTempFileName",
        "System.Random..ctor", "System.Random.get_Shared",
    ];

    /// <summary>The foreign types outside of a pure function that the assembly mentions.</summary>
    public static IEnumerable<string> TouchedBy(CompiledAssembly assembly) => assembly.MentionedTypes.Where(type =>
        OutsideTypes.Contains(type) || OutsideNamespaces.Any(space => type.StartsWith(space, StringComparison.Ordinal)));

    /// <summary>Calls of the wall clock: the time of day, or of the machine's time zone.</summary>
    public static IEnumerable<Call> WallClocksReadBy(CompiledAssembly assembly) => assembly.Calls().Where(call => WallClocks.Contains(call.Called));

    /// <summary>Calls of any clock, also of those that only measure.</summary>
    public static IEnumerable<Call> ClocksReadBy(CompiledAssembly assembly) =>
        assembly.Calls().Where(call => WallClocks.Contains(call.Called) || Stopwatches.Contains(call.Called));

    public static IEnumerable<Call> ChanceTakenBy(CompiledAssembly assembly) => assembly.Calls().Where(call =>
        Chance.Contains(call.Called) || call.Called.StartsWith("System.Security.Cryptography.RandomNumberGenerator.", StringComparison.Ordinal));

    /// <summary>Waits that hold a thread, by a clock that a test cannot turn.</summary>
    public static IEnumerable<Call> SleepsOf(CompiledAssembly assembly) => assembly.Calls().Where(call =>
        call.Called is "System.Threading.Thread.Sleep" or "System.Threading.SpinWait.SpinUntil");

    /// <summary>Waits that hold no thread.</summary>
    public static IEnumerable<Call> DelaysOf(CompiledAssembly assembly) =>
        assembly.Calls().Where(call => call.Called == "System.Threading.Tasks.Task.Delay");
}
