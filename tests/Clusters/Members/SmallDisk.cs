using System.Diagnostics;
using Argosy.Scenarios.Hubs;

namespace Argosy.Clusters.Members;

/// <summary>A file system of a small size, which a test can fill.</summary>
internal sealed class SmallDisk : IAsyncDisposable
{
    private const string Size = "1g";

    private readonly string folder;

    private SmallDisk(string folder) => this.folder = folder;

    private string Ballast => Path.Combine(folder, "ballast");

    public static async Task<SmallDisk> MountAsync(string folder)
    {
        Directory.CreateDirectory(folder);
        (await RunAsync("mount", "-t", "tmpfs", "-o", $"size={Size},mode=0700", "tmpfs", folder)).Succeeded();
        return new SmallDisk(folder);
    }

    /// <summary>Writes until nothing more fits.</summary>
    public void Fill()
    {
        var block = new byte[1 << 20];
        using var file = new FileStream(Ballast, FileMode.Append, FileAccess.Write, FileShare.None, bufferSize: 0);
        for (var size = block.Length; size > 0; size /= 2)
        {
            try
            {
                while (true)
                {
                    file.Write(block, 0, size);
                }
            }
            catch (IOException)
            {
                // A smaller block may still fit.
            }
        }
    }

    public void Free() => File.Delete(Ballast);

    public async ValueTask DisposeAsync() => await RunAsync("umount", "--lazy", folder);

    private static Task<Finished> RunAsync(string program, params string[] arguments) => Finished.RunAsync(new ProcessStartInfo(program, arguments));
}
