using System.Text.Json.Nodes;
using Argosy.Contracts.Agents;

namespace Argosy.ControlPlane.Artifacts;

/// <summary>Reads the fields of one driver's part of a location, and the secrets it names, with errors that say which field.</summary>
internal readonly struct LocationFields
{
    private readonly JsonObject fields;
    private readonly string path;
    private readonly string @namespace;

    private LocationFields(JsonObject fields, string path, string @namespace)
    {
        this.fields = fields;
        this.path = path;
        this.@namespace = @namespace;
    }

    public static LocationFields Of(ArtifactLocation location, string field) =>
        location.Json[field] is JsonObject fields
            ? new LocationFields(fields, field, location.Namespace)
            : throw new ArtifactLocationException($"{field} has to be an object");

    public string? Text(string name) => fields[name] switch
    {
        null => null,
        JsonValue value when value.TryGetValue<string>(out var text) => text.Length == 0 ? null : text,
        _ => throw new ArtifactLocationException($"{path}.{name} has to be text"),
    };

    public string RequiredText(string name) =>
        Text(name) ?? throw new ArtifactLocationException($"{path}.{name} is required");

    public bool Flag(string name) => fields[name] switch
    {
        null => false,
        JsonValue value when value.TryGetValue<bool>(out var flag) => flag,
        _ => throw new ArtifactLocationException($"{path}.{name} has to be true or false"),
    };

    public LocationFields? Object(string name) => fields[name] switch
    {
        null => null,
        JsonObject inner => new LocationFields(inner, $"{path}.{name}", @namespace),
        _ => throw new ArtifactLocationException($"{path}.{name} has to be an object"),
    };

    public IEnumerable<LocationFields> Objects(string name)
    {
        var (where, whose) = ($"{path}.{name}", @namespace);
        return fields[name] switch
        {
            null => [],
            JsonArray items => items.Select((item, index) => item is JsonObject inner
                ? new LocationFields(inner, $"{where}[{index}]", whose)
                : throw new ArtifactLocationException($"{where}[{index}] has to be an object")),
            _ => throw new ArtifactLocationException($"{where} has to be a list"),
        };
    }

    /// <summary>The secret that a field such as <c>accessKeySecret: {name, key}</c> selects; null where the field is absent.</summary>
    /// <exception cref="ArtifactLocationException">The field names a secret or key that does not exist.</exception>
    public async Task<string?> SecretAsync(string name, ISecretReader secrets, CancellationToken cancellationToken)
    {
        if (Object(name) is not { } selector)
        {
            return null;
        }

        var (secret, key) = (selector.RequiredText("name"), selector.RequiredText("key"));
        return await secrets.ReadAsync(@namespace, secret, key, cancellationToken)
            ?? throw new ArtifactLocationException(
                $"{path}.{name} names key '{key}' of secret '{secret}', which namespace '{@namespace}' does not have");
    }

    /// <summary>Refuses fields that would change how or where bytes are stored and that this hub does not heed.</summary>
    public void Refuse(params ReadOnlySpan<string> names)
    {
        foreach (var name in names)
        {
            if (fields[name] is not null)
            {
                throw new ArtifactLocationException($"{path}.{name} is not supported by this hub");
            }
        }
    }
}
