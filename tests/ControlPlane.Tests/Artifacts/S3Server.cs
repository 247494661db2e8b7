using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;

namespace Argosy.ControlPlane.Tests.Artifacts;

/// <summary>
/// A real S3-compatible server (s3rver, from the npm registry) on a free loopback port. Where node or npm is missing, or the server does not
/// install, <see cref="RequireEndpoint"/> skips the test and says why.
/// </summary>
public sealed class S3Server : IAsyncLifetime
{
    public const string AccessKey = "S3RVER";
    public const string SecretKey = "S3RVER";

    private readonly DirectoryInfo data = Directory.CreateTempSubdirectory("argosy-s3-");
    private Process? server;
    private string? endpoint;
    private string unavailable = "";

    public string RequireEndpoint()
    {
        Assert.SkipWhen(endpoint is null, $"no S3 server to test against: {unavailable}");
        return endpoint!;
    }

    public async ValueTask InitializeAsync()
    {
        try
        {
            var installed = await InstallAsync();
            server = Start("node", [Path.Combine(installed, "server.js"), data.FullName], installed);
            endpoint = await server.StandardOutput.ReadLineAsync() is { Length: > 0 } port
                ? $"127.0.0.1:{int.Parse(port, CultureInfo.InvariantCulture)}"
                : throw new InvalidOperationException(await server.StandardError.ReadToEndAsync());
        }
        catch (Exception problem) when (problem is System.ComponentModel.Win32Exception or InvalidOperationException)
        {
            unavailable = problem.Message;
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (server is not null)
        {
            server.StandardInput.Close();
            await server.WaitForExitAsync();
            server.Dispose();
        }

        data.Delete(recursive: true);
    }

    // Installed once per machine and version of the lock file, outside of the repository; appears by a rename, so that test programs that
    // run at the same time do not meet a half of it.
    private static async Task<string> InstallAsync()
    {
        var source = Path.Combine(AppContext.BaseDirectory, "Artifacts", "s3-server");
        var version = Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(Path.Combine(source, "package-lock.json"))))[..16];
        var caches = Environment.GetEnvironmentVariable("XDG_CACHE_HOME") is { Length: > 0 } named
            ? named
            : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".cache");
        var installed = Path.Combine(caches, "argosy-tests", $"s3-server-{version}");
        if (!Directory.Exists(installed))
        {
            var folder = $"{installed}.{Guid.NewGuid():N}";
            Directory.CreateDirectory(folder);
            foreach (var file in Directory.GetFiles(source))
            {
                File.Copy(file, Path.Combine(folder, Path.GetFileName(file)));
            }

            using var npm = Start("npm", ["ci", "--no-audit", "--no-fund", "--ignore-scripts"], folder);
            npm.StandardInput.Close();
            var output = npm.StandardOutput.ReadToEndAsync();
            var problem = await npm.StandardError.ReadToEndAsync();
            await output;
            await npm.WaitForExitAsync();
            if (npm.ExitCode != 0)
            {
                Directory.Delete(folder, recursive: true);
                throw new InvalidOperationException($"npm exited with {npm.ExitCode}: {problem}");
            }

            Adopt(folder, installed);
        }

        // The server itself is this version's, whatever was installed beside it.
        File.Copy(Path.Combine(source, "server.js"), Path.Combine(installed, "server.js"), overwrite: true);
        return installed;
    }

    private static void Adopt(string folder, string installed)
    {
        try
        {
            Directory.Move(folder, installed);
        }
        catch (IOException) when (Directory.Exists(installed))
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static Process Start(string program, string[] arguments, string folder) =>
        Process.Start(new ProcessStartInfo(program, arguments)
        {
            WorkingDirectory = folder,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
}
