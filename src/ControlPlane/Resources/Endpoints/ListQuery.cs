using System.Globalization;
using Argosy.ControlPlane.Resources.Caching;
using Argosy.Engine.Placement;

namespace Argosy.ControlPlane.Resources.Endpoints;

/// <summary>Which objects a list, a watch or a deletion of many is about.</summary>
internal sealed class ListQuery
{
    private readonly string? @namespace;
    private readonly LabelSelector labels;
    private readonly FieldSelector fields;

    private ListQuery(string? @namespace, LabelSelector labels, FieldSelector fields)
    {
        this.@namespace = @namespace;
        this.labels = labels;
        this.fields = fields;
    }

    public bool SelectsAll => labels.IsEmpty && fields.IsEmpty;

    /// <exception cref="ApiException">A selector cannot be understood.</exception>
    public static ListQuery Of(ApiRequest request) => LabelSelector.TryParse(request.Query("labelSelector"), out var labels, out var error)
        ? new ListQuery(request.Namespace, labels, FieldSelector.Parse(request.Kind, request.Query("fieldSelector")))
        : throw ApiErrors.BadRequest(error);

    public bool Matches(ObjectSnapshot snapshot) => Matches(snapshot.Key, snapshot.Selectable);

    public bool Matches(ResourceKey key, SelectableParts parts) =>
        (@namespace is null || key.Namespace == @namespace) && labels.Matches(parts.Labels) && fields.Matches(key, parts);

    /// <summary>A version in a query: null when none is given, 0 for "any".</summary>
    public static long? Version(ApiRequest request) => request.Query("resourceVersion") switch
    {
        null => null,
        var text when long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var version) => version,
        var text => throw ApiErrors.BadRequest($"resourceVersion: Invalid value: \"{text}\": invalid resource version"),
    };
}
