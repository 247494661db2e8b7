using System.Globalization;

namespace Argosy.ClusterAgent.Podless.Resources;

/// <summary>
/// The <c>flags</c> of a resource template: what upstream hands to kubectl. Those that change the request are heeded, those that only change
/// what kubectl prints are let pass, and every other one is refused, for a flag that is silently ignored does something else than was asked.
/// </summary>
internal sealed record ResourceFlags
{
    private static readonly HashSet<string> Switches =
    [
        "validate", "ignore-not-found", "force", "dry-run", "cascade", "wait", "now", "all", "server-side", "force-conflicts", "save-config", "record",
        "overwrite", "show-managed-fields", "recursive", "R",
    ];

    public string? Namespace { get; init; }

    public string FieldValidation { get; init; } = "Strict";

    public bool IgnoreNotFound { get; init; }

    public bool DryRun { get; init; }

    public string? FieldManager { get; init; }

    public bool Force { get; init; }

    public int? GracePeriodSeconds { get; init; }

    public string Propagation { get; init; } = "Background";

    /// <summary>Whether a delete is done only when the object is gone.</summary>
    public bool Wait { get; init; } = true;

    /// <summary>How long a delete waits; null: as long as it takes.</summary>
    public TimeSpan? Timeout { get; init; }

    public string? Selector { get; init; }

    public string? FieldSelector { get; init; }

    public bool All { get; init; }

    public string? Subresource { get; init; }

    public string? PatchType { get; init; }

    public string? Patch { get; init; }

    /// <summary>What is not a flag: kinds and names (<c>pods a b</c>, <c>pod/a</c>).</summary>
    public IReadOnlyList<string> Words { get; init; } = [];

    /// <exception cref="ResourceFailureException">A flag is not known, or its value cannot be used.</exception>
    public static ResourceFlags Parse(IEnumerable<string> given)
    {
        var flags = new ResourceFlags();
        List<string> words = [];
        var left = new Queue<string>(given);
        while (left.TryDequeue(out var next))
        {
            if (!next.StartsWith('-') || next == "-")
            {
                words.Add(next);
                continue;
            }

            var (name, value) = Split(next);
            value ??= Switches.Contains(name) ? "true" : left.TryDequeue(out var following) ? following : throw Refused(next, "it needs a value");
            flags = flags.With(name, value, next);
        }

        return flags with { Words = words };
    }

    private ResourceFlags With(string name, string value, string given) => name switch
    {
        "n" or "namespace" => this with { Namespace = value },
        "validate" => this with
        {
            FieldValidation = value.ToLowerInvariant() switch
            {
                "true" or "strict" => "Strict",
                "false" or "ignore" => "Ignore",
                "warn" => "Warn",
                _ => throw Refused(given, "strict, warn and ignore are known"),
            },
        },
        "ignore-not-found" => this with { IgnoreNotFound = Truth(value, given) },
        "dry-run" => this with
        {
            DryRun = value switch
            {
                "none" or "false" => false,
                "client" or "server" or "true" or "unchanged" => true,
                _ => throw Refused(given, "none, server and client are known"),
            },
        },
        "field-manager" => this with { FieldManager = value },
        "force" => this with { Force = Truth(value, given) },
        "now" => Truth(value, given) ? this with { GracePeriodSeconds = 1 } : this,
        "grace-period" => this with { GracePeriodSeconds = Number(value, given) is >= 0 and var seconds ? seconds : null },
        "cascade" => this with
        {
            Propagation = value switch
            {
                "true" or "background" => "Background",
                "foreground" => "Foreground",
                "false" or "orphan" => "Orphan",
                _ => throw Refused(given, "background, foreground and orphan are known"),
            },
        },
        "wait" => this with { Wait = Truth(value, given) },
        "timeout" => this with { Timeout = Span(value, given) is { Ticks: > 0 } span ? span : null },
        "l" or "selector" => this with { Selector = value },
        "field-selector" => this with { FieldSelector = value },
        "all" => this with { All = Truth(value, given) },
        "subresource" => this with { Subresource = value },
        "type" => this with { PatchType = value },
        "p" or "patch" => this with { Patch = value },
        "o" or "output" when value is "json" or "yaml" or "name" => this,
        "server-side" or "force-conflicts" or "save-config" or "record" or "overwrite" or "show-managed-fields" or "recursive" or "R" or "v" => this,
        "kubeconfig" or "context" or "cluster" or "s" or "server" or "token" or "as" or "user" => throw Refused(
            given, "the step acts in the cluster it is placed in, as the workflow's service account; to act in another cluster, place the step there"),
        "f" or "filename" or "k" or "kustomize" => throw Refused(given, "there are no files here; put the object into resource.manifest or resource.manifestFrom"),
        _ => throw Refused(given, "it is not known; leave it out, or run kubectl in a container template"),
    };

    private static (string Name, string? Value) Split(string flag)
    {
        if (flag.StartsWith("--", StringComparison.Ordinal))
        {
            return flag[2..].Split('=', 2) is [var name, var value] ? (name, value) : (flag[2..], null);
        }

        return flag.Length == 2 ? (flag[1..], null) : (flag[1..2], flag[2..].TrimStart('='));
    }

    private static bool Truth(string value, string given) => bool.TryParse(value, out var truth) ? truth : throw Refused(given, "true and false are known");

    private static int Number(string value, string given) =>
        int.TryParse(value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? number : throw Refused(given, "it takes a whole number");

    private static TimeSpan Span(string value, string given)
    {
        var (digits, unit) = value.Length > 0 && char.IsAsciiLetter(value[^1]) ? (value[..^1], value[^1]) : (value, 's');
        return int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? unit switch
            {
                's' => TimeSpan.FromSeconds(number),
                'm' => TimeSpan.FromMinutes(number),
                'h' => TimeSpan.FromHours(number),
                _ => throw Refused(given, "it takes a time such as 30s, 5m or 1h"),
            }
            : throw Refused(given, "it takes a time such as 30s, 5m or 1h");
    }

    private static ResourceFailureException Refused(string flag, string why) => new($"error: resource.flags: {flag}: {why}");
}
