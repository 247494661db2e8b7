using System.Text.Json.Nodes;
using Argosy.Engine.Expressions;
using Argosy.Engine.Expressions.Jq;
using Argosy.Engine.Expressions.KubectlPaths;
using Argosy.Engine.Templates;

namespace Argosy.Engine.Workflows;

/// <summary>What a resource template's output parameters take from the resource it created, changed or looked at.</summary>
public static class ResourceOutputs
{
    /// <summary>
    /// Each parameter with a <c>jsonPath</c> or <c>jqFilter</c>. A default stands in for one that cannot be read; without a resource (it was
    /// deleted, or ignored as not found) every parameter is its default, or empty.
    /// </summary>
    /// <exception cref="ExpressionException">A parameter without default cannot be read; the message names it.</exception>
    public static IReadOnlyList<ParameterValue> Of(IEnumerable<Parameter> outputs, JsonNode? resource) =>
    [
        .. outputs.Where(output => output.ValueFrom is { } source && (resource is null || source.JsonPath is not null || source.JqFilter is not null))
            .Select(output => new ParameterValue(output.Name, Read(output, output.ValueFrom!, resource))),
    ];

    private static string Read(Parameter output, ParameterSource source, JsonNode? resource)
    {
        if (resource is null)
        {
            return source.Default ?? "";
        }

        try
        {
            return source.JsonPath is { } path ? KubectlPath.Parse(path).Render(resource) : JqFilter.Parse(source.JqFilter!).Extract(resource);
        }
        catch (ExpressionException failure)
        {
            return source.Default ?? throw new ExpressionException($"output parameter {output.Name}: {failure.Message}");
        }
    }
}
