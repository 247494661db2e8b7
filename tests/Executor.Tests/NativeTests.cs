using System.Diagnostics;
using Argosy.ClusterAgent.Executors;
using Argosy.Packing;

namespace Argosy.Executor.Tests;

/// <summary>
/// The published program (<c>dotnet publish src/Executor -r linux-x64</c>, its path in ARGOSY_TEST_EXECUTOR) in a root that holds nothing but
/// busybox, read-only but for its volumes, as a user without a name or rights.
/// </summary>
public sealed class NativeTests
{
    private static CancellationToken Patience => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Step_InAnImageOfBusyboxAlone_ReadOnly_AsNobodyKnown_GetsItsInputsAndGivesItsOutputs()
    {
        await using var agent = await AgentInSmall.StartAsync();
        using var image = BusyboxImage.Make(PodInSmall.Plan(agent.Url) with
        {
            Script = "tr a-z A-Z < /in/data > /out/data; echo 7 > /out/loss; echo done; touch /denied 2> /dev/null || echo read-only; id -u",
            CaptureResult = true,
            Inputs = [new InputPlan { Name = "data", Path = "/in/data", Target = "/in/data" }],
            Parameters = [new ParameterPlan { Name = "loss", Path = "/out/loss" }],
            Artifacts = [new OutputPlan { Name = "model", Path = "/out/data" }],
        });
        using var packed = new MemoryStream();
        await File.WriteAllTextAsync(image["tmp/data"], "hello", Patience);
        await ArtifactPacking.PackAsync(image["tmp/data"], "tar", -1, packed, Patience);
        agent.Declares("data", packed.ToArray());
        var promised = agent.Promises("model");

        var init = await image.RunAsync("/image/argosy-executor", "init");
        Assert.Equal((0, ""), (init.ExitCode, init.Errors));
        var main = await image.RunAsync("/var/run/argo/argosy-executor", "run", "--container", "main", "--", "sh", "/argo/staging/script");

        Assert.Equal((0, "done\nread-only\n4711\n", ""), (main.ExitCode, main.Output, main.Errors));
        var message = TerminationMessage.Read(await File.ReadAllTextAsync(image["dev/termination-log"], Patience))!;
        Assert.Equal(("done\nread-only\n4711", "7"), (message.Result, message.Parameters!["loss"]));
        using var stored = new MemoryStream(agent.Hub.Artifacts[promised.LocationJson]);
        await ArtifactPacking.UnpackAsync(stored, image["tmp/model"], "tar", Patience);
        Assert.Equal("HELLO", await File.ReadAllTextAsync(image["tmp/model"], Patience));
    }

    [Fact]
    public async Task ImageOfNothingAtAll_RunsItsOneProgram()
    {
        using var image = BusyboxImage.Make(PodInSmall.Plan());
        Assert.Equal(0, (await image.RunAsync("/image/argosy-executor", "init")).ExitCode);
        File.Delete(image["bin/sh"]);

        var main = await image.RunAsync("/var/run/argo/argosy-executor", "run", "--container", "main", "--", "/bin/busybox", "echo", "hello");

        Assert.Equal((0, "hello\n", ""), (main.ExitCode, main.Output, main.Errors));
    }

    /// <summary>A root folder, with what a pod mounts into it.</summary>
    private sealed class BusyboxImage : IDisposable
    {
        private const string User = "4711";

        private readonly DirectoryInfo _root = Directory.CreateTempSubdirectory("argosy-image-");

        public string this[string path] => Path.Combine(_root.FullName, path);

        public static BusyboxImage Make(ExecutorPlan plan)
        {
            var program = Environment.GetEnvironmentVariable("ARGOSY_TEST_EXECUTOR");
            Assert.SkipWhen(string.IsNullOrEmpty(program), "ARGOSY_TEST_EXECUTOR names no published executor");
            Assert.SkipUnless(Environment.IsPrivilegedProcess && File.Exists("/bin/busybox"), "another root needs root and busybox");
            var image = new BusyboxImage();
            image._root.UnixFileMode = (UnixFileMode)0b111_101_101;
            foreach (var folder in (string[])["bin", "image", "proc", "dev", "argo/plan", "var/run/argo-token", "tmp"])
            {
                image._root.CreateSubdirectory(folder);
            }

            foreach (var volume in (string[])["var/run/argo", "argo/staging", "in", "out"])
            {
                image._root.CreateSubdirectory(volume).UnixFileMode = (UnixFileMode)0b111_111_111;
            }

            File.Copy("/bin/busybox", image["bin/busybox"]);
            foreach (var command in (string[])["sh", "tr", "echo", "touch", "id"])
            {
                File.CreateSymbolicLink(image["bin/" + command], "busybox");
            }

            File.Copy(program!, image["image/argosy-executor"]);
            File.WriteAllText(image["argo/plan/plan.json"], plan.ToJson());
            File.WriteAllText(image["var/run/argo-token/token"], AgentInSmall.Token);
            File.WriteAllText(image["dev/termination-log"], "");
            File.SetUnixFileMode(image["dev/termination-log"], (UnixFileMode)0b110_110_110);
            File.WriteAllText(image["dev/null"], "");
            return image;
        }

        public async Task<(int ExitCode, string Output, string Errors)> RunAsync(params string[] command)
        {
            // The root is bound read-only in a mount namespace of its own, and what are volumes in a pod is bound over it.
            const string Enter = """
                set -e
                root=$1; shift
                mount --make-rprivate /
                mount --bind "$root" "$root"
                for volume in var/run/argo argo/staging in out dev; do mount --bind "$root/$volume" "$root/$volume"; done
                mount -o remount,bind,ro "$root"
                mount -t proc proc "$root/proc"
                exec chroot --userspec="$0:$0" "$root" "$@"
                """;
            var start = new ProcessStartInfo("unshare", ["--mount", "--pid", "--fork", "sh", "-c", Enter, User, _root.FullName, .. command])
            {
                RedirectStandardOutput = true, RedirectStandardError = true,
            };
            using var process = Process.Start(start)!;
            var errors = process.StandardError.ReadToEndAsync(Patience);
            var output = await process.StandardOutput.ReadToEndAsync(Patience);
            await process.WaitForExitAsync(Patience);
            return (process.ExitCode, output, await errors);
        }

        public void Dispose() => _root.Delete(recursive: true);
    }
}
