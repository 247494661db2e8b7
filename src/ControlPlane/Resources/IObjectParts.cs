using System.Text.Json.Nodes;

namespace Argosy.ControlPlane.Resources;

/// <summary>Large parts of objects that are stored apart from them: whoever asks for one object gets it whole, lists do without.</summary>
public interface IObjectParts
{
    /// <summary>Whether parts of such an object may be apart; cheap, for it is asked of every object shown.</summary>
    bool MayBeApart(ResourceKind kind, IReadOnlyDictionary<string, string> labels);

    /// <summary>The object with the parts that are apart; the object itself where none are.</summary>
    ValueTask<JsonObject> CompleteAsync(JsonObject value, CancellationToken cancellationToken);
}
