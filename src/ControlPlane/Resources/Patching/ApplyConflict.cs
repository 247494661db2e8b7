namespace Argosy.ControlPlane.Resources.Patching;

/// <summary>The refusal of an apply that would change what others own, in the words that kubectl's users know.</summary>
internal static class ApplyConflict
{
    public static ApiException Of(IReadOnlyList<(FieldOwner Owner, FieldSet Fields)> disputes)
    {
        var causes = disputes.SelectMany(dispute => dispute.Fields.Paths().Select(path => (Field: path, Message: Blame(dispute.Owner)))).ToList();
        var text = causes.Count == 1
            ? $"Apply failed with 1 conflict: {causes[0].Message}: {causes[0].Field}"
            : $"Apply failed with {causes.Count} conflicts: "
              + string.Join('\n', causes.GroupBy(cause => cause.Message).Select(blamed =>
                  $"{blamed.Key.Replace("conflict with", "conflicts with", StringComparison.Ordinal)}:\n"
                  + string.Join('\n', blamed.Select(cause => $"- {cause.Field}"))));
        return new ApiException(409, "Conflict", text) { Causes = causes, CauseReason = "FieldManagerConflict" };
    }

    private static string Blame(FieldOwner owner) => owner.Operation == FieldOwner.Apply
        ? $"conflict with \"{owner.Manager}\""
        : $"conflict with \"{owner.Manager}\"{(owner.Subresource is null ? "" : $" with subresource \"{owner.Subresource}\"")} using {owner.ApiVersion}";
}
