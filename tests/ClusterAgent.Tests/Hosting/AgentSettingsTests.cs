using Argosy.ClusterAgent.Hosting;

namespace Argosy.ClusterAgent.Tests.Hosting;

/// <summary>The agent program's options, from the command line and the environment.</summary>
public sealed class AgentSettingsTests
{
    private static readonly string[] Enough =
        ["--hub", "https://hub.example:2747", "--cluster=gpu", "--namespaces", "team-a, team-b", "--identity-secret", "argosy/agent", "--image", "argosy/agent:1"];

    [Fact]
    public void WhatIsRequired_IsEnough()
    {
        var (options, errors) = Read(Enough);

        Assert.Empty(errors);
        Assert.Equal(("https://hub.example:2747/", "gpu", "argosy/agent:1"), (options!.Hub.ToString(), options.Cluster, options.Image));
        Assert.Equal(["team-a", "team-b"], options.Namespaces);
        Assert.Equal(new SecretName("argosy", "agent"), options.IdentitySecret);
        Assert.Equal("0.0.0.0:2748", options.Listen.ToString());
        Assert.Null(options.Kubeconfig);
        Assert.Empty(options.ExecutorUrls);
        Assert.False(options.HttpAllowLocal);
    }

    [Fact]
    public void Environment_SaysTheSame_AndTheCommandLineGoesBefore()
    {
        var variables = new Dictionary<string, string>
        {
            ["ARGOSY_HUB"] = "https://hub.example", ["ARGOSY_CLUSTER"] = "edge", ["ARGOSY_NAMESPACES"] = "team", ["ARGOSY_IMAGE"] = "i",
            ["ARGOSY_IDENTITY_FOLDER"] = "/id", ["ARGOSY_KUBECONFIG"] = "/k", ["ARGOSY_LISTEN"] = "[::1]:0",
            ["ARGOSY_EXECUTOR_URLS"] = "http://10.88.1.1:2748,http://127.0.0.1:2748", ["ARGOSY_REGISTRY_MIRRORS"] = "docker.io=http://127.0.0.1:5000",
            ["ARGOSY_HTTP_ALLOW_LOCAL"] = "true",
        };

        var (options, errors) = Read(["--cluster", "gpu"], variables);

        Assert.Empty(errors);
        Assert.Equal(("gpu", "/id", "/k", "[::1]:0"), (options!.Cluster, options.IdentityFolder, options.Kubeconfig, options.Listen.ToString()));
        Assert.Equal(["http://10.88.1.1:2748/", "http://127.0.0.1:2748/"], options.ExecutorUrls.Select(url => url.ToString()));
        Assert.Equal("http://127.0.0.1:5000", options.RegistryMirrors["docker.io"]);
        Assert.True(options.HttpAllowLocal);
    }

    [Fact]
    public void AllThatIsMissing_IsToldAtOnce_WithItsVariable()
    {
        var (options, errors) = Read([]);

        Assert.Null(options);
        Assert.Equal(5, errors.Count);
        Assert.All(["--hub", "--cluster", "--namespaces", "--image", "--identity-secret"], flag => Assert.Contains(errors, error => error.StartsWith(flag, StringComparison.Ordinal)));
        Assert.Contains(errors, error => error.Contains("ARGOSY_HUB", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("--hub", "http://hub.example")]
    [InlineData("--hub", "hub.example:2747")]
    [InlineData("--hub", "https://hub.example/path")]
    [InlineData("--cluster", "Not A Name")]
    [InlineData("--namespaces", "team,Team")]
    [InlineData("--identity-secret", "agent")]
    [InlineData("--listen", "2748")]
    [InlineData("--listen", "host:1")]
    [InlineData("--executor-urls", "10.0.0.1:2748")]
    [InlineData("--registry-mirrors", "docker.io")]
    [InlineData("--http-allow-local", "perhaps")]
    public void ValueThatCannotBeUsed_IsToldWithItsOption(string flag, string value)
    {
        var at = Array.FindIndex(Enough, argument => argument.Split('=')[0] == flag);
        string[] others = at < 0 ? Enough : Enough[at].Contains('=', StringComparison.Ordinal) ? [.. Enough[..at], .. Enough[(at + 1)..]] : [.. Enough[..at], .. Enough[(at + 2)..]];

        var (options, errors) = Read([.. others, flag, value]);

        Assert.Null(options);
        Assert.StartsWith(flag + ":", Assert.Single(errors), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--nonsense", "there is no such option")]
    [InlineData("--listen", "its value is missing")]
    [InlineData("--cluster=again", "given twice")]
    [InlineData("--identity-folder=/id", "give one of them")]
    public void CommandLineThatMakesNoSense_IsSaidSo(string argument, string says) =>
        Assert.Contains(says, Assert.Single(Read([.. Enough, argument]).Errors), StringComparison.Ordinal);

    [Fact]
    public void Help_ListsEveryOption() =>
        Assert.All(Enough.Where(argument => argument.StartsWith("--", StringComparison.Ordinal)),
            argument => Assert.Contains(argument.Split('=')[0], AgentSettings.Help, StringComparison.Ordinal));

    private static (AgentOptions? Options, IReadOnlyList<string> Errors) Read(string[] arguments, Dictionary<string, string>? variables = null) =>
        AgentSettings.Read(arguments, name => variables?.GetValueOrDefault(name));
}
