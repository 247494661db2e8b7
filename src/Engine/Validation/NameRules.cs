using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Argosy.Engine.Manifests;

namespace Argosy.Engine.Validation;

/// <summary>Which names Argo and Kubernetes allow.</summary>
internal static partial class NameRules
{
    private const int LongestFieldName = 128;

    private const string DnsRule =
        "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an "
        + "alphanumeric character (e.g. 'example.com', regex used for validation is "
        + "'[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')";

    /// <summary>Why a template, step, task or container cannot have the name, or null.</summary>
    public static string? FieldNameProblem(string name)
    {
        var problems = new List<string>();
        if (name.Length > LongestFieldName)
        {
            problems.Add($"must be no more than {LongestFieldName} characters");
        }

        if (!FieldName().IsMatch(name))
        {
            problems.Add("name must consist of alpha-numeric characters or '-', and must start with an alpha-numeric character (e.g. My-name1-2, 123-NAME)");
        }

        return problems.Count == 0 ? null : string.Join(";", problems);
    }

    /// <summary>Why a parameter or artifact cannot have the name, or null.</summary>
    public static string? ValueNameProblem(string name) => ValueName().IsMatch(name)
        ? null
        : "Parameter/Artifact name must consist of alpha-numeric characters, '_' or '-' e.g. my_param_1, MY-PARAM-1";

    /// <summary>The elements' names must be there, allowed and unique.</summary>
    public static void CheckNames(Problems problems, JsonObject owner, string field, string path, string prefix, Func<string, string?> problem)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (i, item) in owner.ObjectsAt(field))
        {
            var at = $"{path}.{field}[{i}].name";
            var name = item.TextAt("name") ?? "";
            if (name.Length == 0)
            {
                problems.Add(at, $"{prefix}[{i}].name is required");
            }
            else if (problem(name) is { } why)
            {
                problems.Add(at, $"{prefix}[{i}].name: '{name}' is invalid: {why}");
            }
            else if (!names.Add(name))
            {
                problems.Add(at, $"{prefix}[{i}].name '{name}' is not unique");
            }
        }
    }

    /// <summary>The object's own name.</summary>
    public static void CheckObject(Problems problems, JsonObject manifest, string what, int longest, bool required)
    {
        var metadata = manifest.ObjectAt("metadata") ?? [];
        var name = metadata.TextAt("name") ?? "";
        var generateName = metadata.TextAt("generateName") ?? "";
        if (required && name.Length == 0 && generateName.Length == 0)
        {
            problems.Add("metadata.name", "name or generateName is required");
        }

        if (name.Length > longest)
        {
            problems.Add("metadata.name", $"{what} name \"{name}\" must not be more than {longest} characters long (currently {name.Length})");
        }
        else if (name.Length > 0 && !DnsName().IsMatch(name))
        {
            problems.Add("metadata.name", $"Invalid value: \"{name}\": {DnsRule}");
        }

        // A prefix may end in a dash: what the server appends makes it a name.
        if (generateName.Length > 0 && !DnsName().IsMatch(generateName.TrimEnd('-') + "a"))
        {
            problems.Add("metadata.generateName", $"Invalid value: \"{generateName}\": {DnsRule}");
        }
    }

    [GeneratedRegex("^[a-zA-Z0-9][-a-zA-Z0-9]*$", RegexOptions.NonBacktracking)]
    private static partial Regex FieldName();

    [GeneratedRegex("^[-a-zA-Z0-9_]+$", RegexOptions.NonBacktracking)]
    private static partial Regex ValueName();

    [GeneratedRegex(@"^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$", RegexOptions.NonBacktracking)]
    private static partial Regex DnsName();
}
