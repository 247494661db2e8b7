using System.CommandLine;
using System.Text.Json.Nodes;
using Argosy.Cli.Client;

namespace Argosy.Cli.Commands;

/// <summary><c>sync</c>: how many may hold a semaphore at once.</summary>
internal sealed class SyncCommand
{
    private readonly Shell shell;
    private readonly SharedOptions shared;

    private SyncCommand(Shell shell, SharedOptions shared) => (this.shell, this.shared) = (shell, shared);

    public static Command Create(Shell shell, SharedOptions shared)
    {
        var sync = new SyncCommand(shell, shared);
        return new Command("sync", "Manages the limits of semaphores.")
        {
            sync.Write("create", "Creates a limit.", (hub, place, limit, token) =>
                hub.CreateSyncLimitAsync(hub.Namespace, place.Body(limit), token)),
            sync.Read("get", "Shows a limit.", async (hub, place, token) =>
                await hub.GetSyncLimitAsync(hub.Namespace, place.Key, place.Type, place.ConfigMap, token)),
            sync.Write("update", "Changes a limit; whoever waits for it may go on at once.", (hub, place, limit, token) =>
                hub.UpdateSyncLimitAsync(hub.Namespace, place.Key, place.Body(limit), token)),
            sync.Read("delete", "Deletes a limit.", async (hub, place, token) =>
            {
                await hub.DeleteSyncLimitAsync(hub.Namespace, place.Key, place.Type, place.ConfigMap, token);
                return null;
            }),
        };
    }

    /// <summary>Where a limit is written.</summary>
    private sealed record Place(string Key, string Type, string? ConfigMap)
    {
        public JsonObject Body(int limit) => new() { ["key"] = Key, ["type"] = Type, ["cmName"] = ConfigMap, ["limit"] = limit };
    }

    private delegate Task<JsonObject> Writing(ArgoClient hub, Place place, int limit, CancellationToken cancellationToken);

    private delegate Task<JsonObject?> Reading(ArgoClient hub, Place place, CancellationToken cancellationToken);

    private Command Write(string verb, string help, Writing write)
    {
        var limit = new Option<int>("--limit") { Description = "how many may hold the semaphore at once", Required = true };
        var (command, place) = Describe(verb, help);
        command.Add(limit);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            using var hub = shared.Connect(parsed, shell);
            Print(await write(hub, place(parsed), parsed.GetValue(limit), cancellationToken));
            return ExitCodes.Succeeded;
        });
        return command;
    }

    private Command Read(string verb, string help, Reading read)
    {
        var (command, place) = Describe(verb, help);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            using var hub = shared.Connect(parsed, shell);
            var where = place(parsed);
            if (await read(hub, where, cancellationToken) is { } found)
            {
                Print(found);
            }
            else
            {
                await shell.Out.WriteLineAsync($"Sync limit {where.Key} deleted");
            }

            return ExitCodes.Succeeded;
        });
        return command;
    }

    private static (Command Command, Func<ParseResult, Place> Place) Describe(string verb, string help)
    {
        var key = new Argument<string>("KEY") { Description = "the key of the limit" };
        var type = new Option<string>("--type") { Description = "configmap or database", Required = true };
        var configMap = CommandOptions.Text("--cm-name", "the ConfigMap that holds the limit; only for type configmap");
        var command = new Command(verb, help) { key, type, configMap };
        return (command, parsed => PlaceOf(parsed.GetValue(key)!, parsed.GetValue(type)!, parsed.GetValue(configMap)));
    }

    private static Place PlaceOf(string key, string type, string? configMap) => type.ToUpperInvariant() switch
    {
        "DATABASE" => new Place(key, "DATABASE", null),
        "CONFIGMAP" => new Place(key, "CONFIGMAP", configMap ?? throw new CommandException("--cm-name is required when type is configmap")),
        _ => throw new CommandException($"--type must be either 'database' or 'configmap', not '{type}'"),
    };

    private void Print(JsonObject limit)
    {
        shell.Out.WriteLine($"Key: {limit["key"]}");
        shell.Out.WriteLine($"Type: {limit["type"]}");
        if (limit["cmName"]?.ToString() is { Length: > 0 } configMap)
        {
            shell.Out.WriteLine($"ConfigMap Name: {configMap}");
        }

        shell.Out.WriteLine($"Namespace: {limit["namespace"]}");
        shell.Out.WriteLine($"Limit: {limit["limit"]}");
    }
}
