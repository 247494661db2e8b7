using System.ComponentModel;
using System.Diagnostics;
using System.Security.Cryptography;

namespace Argosy.StandIns.Grpc.Tests.Strangers;

/// <summary>
/// gRPC for Node (@grpc/grpc-js, from the npm registry), installed once for this build. Where node or npm is missing, or it does not
/// install, <see cref="Start"/> skips the test and says why.
/// </summary>
[CollectionDefinition(nameof(NodePeer))]
public sealed class NodePeer : IAsyncLifetime, ICollectionFixture<NodePeer>
{
    private string installed = "";
    private string unavailable = "";

    internal static string Proto => Path.Combine(AppContext.BaseDirectory, "link.proto");

    public async ValueTask InitializeAsync()
    {
        try
        {
            installed = await InstallAsync();
        }
        catch (Exception problem) when (problem is Win32Exception or InvalidOperationException)
        {
            unavailable = problem.Message;
        }
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    /// <summary>Runs a program of this folder.</summary>
    internal Process Start(string program, params string[] arguments)
    {
        Assert.SkipWhen(unavailable.Length > 0, $"no gRPC for Node to test against: {unavailable}");
        return Start("node", installed, [program, .. arguments]);
    }

    private static async Task<string> InstallAsync()
    {
        var source = Path.Combine(AppContext.BaseDirectory, "Strangers");
        var version = Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(Path.Combine(source, "package-lock.json"))))[..16];
        var folder = Path.Combine(AppContext.BaseDirectory, $"strangers-{version}");
        var made = Path.Combine(folder, ".installed");
        if (!File.Exists(made))
        {
            Directory.CreateDirectory(folder);
            foreach (var file in (string[])[".npmrc", "package.json", "package-lock.json"])
            {
                File.Copy(Path.Combine(source, file), Path.Combine(folder, file), overwrite: true);
            }

            using var npm = Start("npm", folder, ["ci", "--no-audit", "--no-fund", "--ignore-scripts"]);
            npm.StandardInput.Close();
            var output = npm.StandardOutput.ReadToEndAsync();
            var problem = await npm.StandardError.ReadToEndAsync();
            await output;
            await npm.WaitForExitAsync();
            if (npm.ExitCode != 0)
            {
                throw new InvalidOperationException($"npm exited with {npm.ExitCode}: {problem}");
            }

            await File.WriteAllTextAsync(made, "");
        }

        foreach (var program in Directory.GetFiles(source, "*.js"))
        {
            File.Copy(program, Path.Combine(folder, Path.GetFileName(program)), overwrite: true);
        }

        return folder;
    }

    private static Process Start(string program, string folder, string[] arguments) =>
        Process.Start(new ProcessStartInfo(program, arguments)
        {
            WorkingDirectory = folder,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
}
