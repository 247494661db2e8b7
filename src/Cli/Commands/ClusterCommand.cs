using System.CommandLine;
using System.Text.Json.Nodes;
using Argosy.Cli.Client;
using Argosy.Cli.Output;

namespace Argosy.Cli.Commands;

/// <summary><c>cluster</c>: which Kubernetes clusters the hub has, and how they join.</summary>
internal sealed class ClusterCommand
{
    private readonly Shell shell;
    private readonly SharedOptions shared;
    private readonly Argument<string> name = new("NAME") { Description = "the cluster's name at the hub" };

    private ClusterCommand(Shell shell, SharedOptions shared) => (this.shell, this.shared) = (shell, shared);

    public static Command Create(Shell shell, SharedOptions shared)
    {
        var cluster = new ClusterCommand(shell, shared);
        return new Command("cluster", "Manages the clusters of the hub.")
        {
            cluster.Declare(),
            cluster.List(),
            cluster.Get(),
            cluster.Act("delete", "Deletes a cluster: its agent is cut off, what runs there goes on unseen.", "deleted", (hub, named, token) => hub.DeleteAsync(named, token)),
            cluster.Act("revoke", "Revokes the certificates of a cluster's agent: it is cut off until it joins with a new ticket.", "revoked", (hub, named, token) => hub.RevokeAsync(named, token)),
            JoinManifestCommand.Create(shell, shared),
        };
    }

    private Command Declare()
    {
        var labels = new Option<string[]>("--labels") { Description = "what placement selects by, as LABEL=VALUE,LABEL2=VALUE2", DefaultValueFactory = _ => [] };
        var command = new Command("create", "Declares a cluster, which may then join.") { name, labels };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            using var hub = Connect(parsed);
            var named = parsed.GetValue(name)!;
            await hub.CreateAsync(named, Labels(parsed.GetValue(labels)!), cancellationToken);
            await shell.Out.WriteLineAsync($"""
                Cluster '{named}' created. It joins with:

                  argosy cluster join-manifest {named} | kubectl apply -f -

                """.TrimEnd());
            return ExitCodes.Succeeded;
        });
        return command;
    }

    private Command List()
    {
        var output = CommandOptions.Output("json, yaml or name");
        var command = new Command("list", "Lists the clusters.") { output };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            using var hub = Connect(parsed);
            var clusters = (await hub.ListAsync(cancellationToken)).Objects("items").ToList();
            var table = new TextTable(3, "NAME", "PHASE", "RUNNING", "LABELS", "AGENT", "MESSAGE");
            foreach (var cluster in clusters)
            {
                table.Add(
                    cluster.Text("metadata", "name") ?? "",
                    cluster.Text("status", "phase") ?? "",
                    cluster.AnyText("status", "running") ?? "",
                    LabelsOf(cluster),
                    cluster.Text("status", "agent", "version") ?? "",
                    cluster.Text("status", "message") ?? "");
            }

            var texts = clusters.Select(cluster => Documents.Format(cluster, parsed.GetValue(output))).ToList();
            await shell.Out.WriteAsync(texts.Count > 0 && texts.TrueForAll(text => text is not null)
                ? string.Join(parsed.GetValue(output) == "yaml" ? "---\n" : "", texts)
                : clusters.Count == 0 ? "No clusters. Declare one with: argosy cluster create NAME\n" : table.ToString());
            return ExitCodes.Succeeded;
        });
        return command;
    }

    private Command Get()
    {
        var output = CommandOptions.Output("json, yaml or name");
        var command = new Command("get", "Shows a cluster.") { name, output };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            using var hub = Connect(parsed);
            var cluster = await hub.GetAsync(parsed.GetValue(name)!, cancellationToken);
            await shell.Out.WriteAsync(Documents.Format(cluster, parsed.GetValue(output)) ?? Describe(cluster));
            return ExitCodes.Succeeded;
        });
        return command;
    }

    private Command Act(string verb, string help, string done, Func<ClusterClient, string, CancellationToken, Task> act)
    {
        var command = new Command(verb, help) { name };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            using var hub = Connect(parsed);
            await act(hub, parsed.GetValue(name)!, cancellationToken);
            await shell.Out.WriteLineAsync($"Cluster '{parsed.GetValue(name)}' {done}");
            return ExitCodes.Succeeded;
        });
        return command;
    }

    private ClusterClient Connect(ParseResult parsed) => new(shared.Connection(parsed, shell));

    private static string Describe(JsonObject cluster)
    {
        var table = new TextTable(2);
        table.Add("Name:", cluster.Text("metadata", "name") ?? "");
        table.Add("Phase:", cluster.Text("status", "phase") ?? "");
        table.Add("Message:", cluster.Text("status", "message") ?? "");
        table.Add("Labels:", LabelsOf(cluster));
        table.Add("Running:", cluster.AnyText("status", "running") ?? "0");
        table.Add("Agent:", $"{cluster.Text("status", "agent", "version") ?? "none yet"} {cluster.Text("status", "agent", "runtime")}".TrimEnd());
        foreach (var (fact, value) in cluster.At("status", "agent", "facts") as JsonObject ?? [])
        {
            table.Add($"  {fact}:", value?.ToString() ?? "");
        }

        if (cluster.Text("status", "agent", "certificateExpires") is { } expires)
        {
            table.Add("Certificate:", $"good until {expires}");
        }

        if (cluster.At("status", "capacity") is { } capacity)
        {
            table.Add("Kube nodes:", capacity.AnyText("kubeNodes") ?? "");
            foreach (var (resource, have) in capacity.At("allocatable") as JsonObject ?? [])
            {
                table.Add($"  {resource}:", $"{capacity.AnyText("requested", resource) ?? "0"} of {have} requested");
            }
        }

        return table.ToString();
    }

    private static string LabelsOf(JsonObject cluster) => string.Join(
        ',', (cluster.At("status", "labels") ?? cluster.At("spec", "labels")) is JsonObject labels ? labels.Select(label => $"{label.Key}={label.Value}") : []);

    private static Dictionary<string, string> Labels(IEnumerable<string> texts)
    {
        Dictionary<string, string> labels = new(StringComparer.Ordinal);
        foreach (var pair in texts.SelectMany(text => text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)))
        {
            var at = pair.IndexOf('=', StringComparison.Ordinal);
            if (at <= 0)
            {
                throw new CommandException($"--labels: \"{pair}\" must be LABEL=VALUE");
            }

            labels[pair[..at]] = pair[(at + 1)..];
        }

        return labels;
    }
}
