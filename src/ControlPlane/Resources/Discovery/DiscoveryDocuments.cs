using System.Text.Json.Nodes;

namespace Argosy.ControlPlane.Resources.Discovery;

/// <summary>What the API tells clients about itself: groups, versions, resources and their verbs.</summary>
internal static class DiscoveryDocuments
{
    private static readonly string[] Verbs = ["create", "delete", "deletecollection", "get", "list", "patch", "update", "watch"];
    private static readonly string[] ViewVerbs = ["get", "list", "watch"];
    private static readonly string[] StatusVerbs = ["get", "patch", "update"];
    private static readonly string[] LogVerbs = ["get"];
    private static readonly string[] ReviewVerbs = ["create"];

    /// <summary>Every resource, also those without stored objects.</summary>
    private static readonly IReadOnlyList<Resource> All =
    [
        .. Kinds.All.SelectMany(OfKind),
        new Resource(
            new ResourceKind("authorization.k8s.io", "v1", "SelfSubjectAccessReview", "selfsubjectaccessreviews", "selfsubjectaccessreview", false),
            null,
            ReviewVerbs),
    ];

    /// <summary>Groups and versions that the API serves; the core group first.</summary>
    public static IEnumerable<(string Group, string Version)> GroupVersions() =>
        All.Select(resource => (resource.Kind.Group, resource.Kind.Version)).Distinct().OrderBy(pair => pair.Group, StringComparer.Ordinal);

    public static JsonObject CoreVersions() => new()
    {
        ["kind"] = "APIVersions",
        ["versions"] = new JsonArray("v1"),
        ["serverAddressByClientCIDRs"] = new JsonArray(),
    };

    public static JsonObject Groups() => new()
    {
        ["kind"] = "APIGroupList",
        ["apiVersion"] = "v1",
        ["groups"] = new JsonArray([.. NamedGroups().Select(Group)]),
    };

    public static JsonObject? FindGroup(string name)
    {
        if (!NamedGroups().Contains(name))
        {
            return null;
        }

        var group = Group(name);
        group["kind"] = "APIGroup";
        group["apiVersion"] = "v1";
        return group;
    }

    public static JsonObject? FindResources(string group, string version)
    {
        var resources = All.Where(resource => resource.Kind.Group == group && resource.Kind.Version == version).ToList();
        return resources.Count == 0
            ? null
            : new JsonObject
            {
                ["kind"] = "APIResourceList",
                ["apiVersion"] = "v1",
                ["groupVersion"] = resources[0].Kind.ApiVersion,
                ["resources"] = new JsonArray([.. resources.Select(Entry)]),
            };
    }

    /// <summary>The same in one document, as newer clients ask for it: the core group, or all others.</summary>
    public static JsonObject Aggregated(bool core) => new()
    {
        ["kind"] = "APIGroupDiscoveryList",
        ["apiVersion"] = "apidiscovery.k8s.io/v2",
        ["metadata"] = new JsonObject(),
        ["items"] = new JsonArray([.. (core ? [""] : NamedGroups()).Select(AggregatedGroup)]),
    };

    private static IEnumerable<string> NamedGroups() =>
        All.Select(resource => resource.Kind.Group).Where(group => group.Length > 0).Distinct().Order(StringComparer.Ordinal);

    private static IEnumerable<Resource> OfKind(ResourceKind kind)
    {
        yield return new Resource(kind, null, kind.IsView ? ViewVerbs : Verbs);
        if (kind.HasStatus)
        {
            yield return new Resource(kind, "status", StatusVerbs);
        }

        if (kind == Kinds.Pod)
        {
            yield return new Resource(kind, "log", LogVerbs);
        }
    }

    private static JsonObject Group(string name)
    {
        var version = All.First(resource => resource.Kind.Group == name).Kind.Version;
        JsonObject Served() => new() { ["groupVersion"] = $"{name}/{version}", ["version"] = version };
        return new JsonObject { ["name"] = name, ["versions"] = new JsonArray(Served()), ["preferredVersion"] = Served() };
    }

    private static JsonObject Entry(Resource resource)
    {
        var kind = resource.Kind;
        var entry = new JsonObject
        {
            ["name"] = resource.Subresource is null ? kind.Plural : $"{kind.Plural}/{resource.Subresource}",
            ["singularName"] = resource.Subresource is null ? kind.Singular : "",
            ["namespaced"] = kind.Namespaced,
            ["kind"] = kind.Kind,
            ["verbs"] = Texts(resource.Verbs),
        };
        AddNames(entry, resource);
        return entry;
    }

    private static JsonObject AggregatedGroup(string group)
    {
        var version = All.First(resource => resource.Kind.Group == group).Kind.Version;
        var resources = All.Where(resource => resource.Kind.Group == group).GroupBy(resource => resource.Kind).Select(AggregatedResource);
        return new JsonObject
        {
            ["metadata"] = group.Length == 0 ? new JsonObject() : new JsonObject { ["name"] = group },
            ["versions"] = new JsonArray(new JsonObject
            {
                ["version"] = version,
                ["freshness"] = "Current",
                ["resources"] = new JsonArray([.. resources]),
            }),
        };
    }

    private static JsonObject AggregatedResource(IGrouping<ResourceKind, Resource> resources)
    {
        var kind = resources.Key;
        var main = resources.First();
        var entry = new JsonObject
        {
            ["resource"] = kind.Plural,
            ["responseKind"] = ResponseKind(kind),
            ["scope"] = kind.Namespaced ? "Namespaced" : "Cluster",
            ["singularResource"] = kind.Singular,
            ["verbs"] = Texts(main.Verbs),
        };
        AddNames(entry, main);
        var subresources = resources.Where(resource => resource.Subresource is not null).Select(resource => (JsonNode)new JsonObject
        {
            ["subresource"] = resource.Subresource,
            ["responseKind"] = ResponseKind(kind),
            ["verbs"] = Texts(resource.Verbs),
        }).ToArray();
        if (subresources.Length > 0)
        {
            entry["subresources"] = new JsonArray(subresources);
        }

        return entry;
    }

    private static JsonObject ResponseKind(ResourceKind kind) =>
        new() { ["group"] = kind.Group, ["version"] = kind.Version, ["kind"] = kind.Kind };

    private static void AddNames(JsonObject entry, Resource resource)
    {
        if (resource.Subresource is null && resource.Kind.ShortNames.Count > 0)
        {
            entry["shortNames"] = Texts(resource.Kind.ShortNames);
        }

        if (resource.Subresource is null && resource.Kind.Categories.Count > 0)
        {
            entry["categories"] = Texts(resource.Kind.Categories);
        }
    }

    private static JsonArray Texts(IEnumerable<string> texts) => new([.. texts.Select(text => JsonValue.Create(text))]);

    private sealed record Resource(ResourceKind Kind, string? Subresource, string[] Verbs);
}
