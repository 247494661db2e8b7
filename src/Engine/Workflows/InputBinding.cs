using System.Text.Json.Nodes;
using Argosy.Engine.Expressions;
using Argosy.Engine.Expressions.Values;
using Argosy.Engine.Templates;

namespace Argosy.Engine.Workflows;

/// <summary>The inputs of a call, or why there are none yet (a resource to read first), or why there never will be.</summary>
internal readonly record struct BoundInputs(NodeInputs? Inputs, ResourceRef? Missing, string? Error)
{
    public static BoundInputs Of(NodeInputs inputs) => new(inputs, null, null);

    public static BoundInputs Await(ResourceRef resource) => new(null, resource, null);

    public static BoundInputs Fail(string error) => new(null, null, error);
}

/// <summary>Gives each input of a template its value: the caller's argument first, then the input's own value, then its default.</summary>
internal static class InputBinding
{
    public static BoundInputs Bind(WorkflowState state, Template template, Arguments arguments, IVariables variables)
    {
        if (template.Inputs.Parameters.Count == 0 && template.Inputs.Artifacts.Count == 0)
        {
            return BoundInputs.Of(NodeInputs.None);
        }

        List<ParameterValue> parameters = new(template.Inputs.Parameters.Count);
        List<int> own = [];
        foreach (var input in template.Inputs.Parameters)
        {
            var argument = arguments.Parameters.FirstOrDefault(given => given.Name == input.Name);
            var (value, missing, error) = Value(state, input, argument, variables);
            if (missing is { } resource)
            {
                return BoundInputs.Await(resource);
            }

            if (error is not null)
            {
                return BoundInputs.Fail(error);
            }

            if (value is null)
            {
                return BoundInputs.Fail($"inputs.parameters.{input.Name} was not supplied");
            }

            if (argument is null && input.ValueFrom?.ConfigMapKeyRef is null)
            {
                own.Add(parameters.Count);
            }

            parameters.Add(new ParameterValue(input.Name, value));
        }

        OwnInputs.Resolve(parameters, own, variables);

        List<ArtifactValue> artifacts = new(template.Inputs.Artifacts.Count);
        foreach (var input in template.Inputs.Artifacts)
        {
            if (BindArtifact(input, arguments.Artifacts.FirstOrDefault(given => given.Name == input.Name), variables) is { } artifact)
            {
                artifacts.Add(artifact);
            }
            else if (!input.Optional)
            {
                return BoundInputs.Fail($"inputs.artifacts.{input.Name} was not supplied");
            }
        }

        return BoundInputs.Of(new NodeInputs(parameters, artifacts));
    }

    private static (string? Value, ResourceRef? Missing, string? Error) Value(
        WorkflowState state, Parameter input, Parameter? argument, IVariables variables)
    {
        if (argument?.Value is { } given)
        {
            return (given, null, null);
        }

        if (argument?.ValueFrom?.Expression is { } expression && Expression.Parse(expression).Evaluate(variables) is { } evaluated)
        {
            return (ExpressionText.Of(evaluated), null, null);
        }

        var key = argument?.ValueFrom?.ConfigMapKeyRef ?? (input.Value is null ? input.ValueFrom?.ConfigMapKeyRef : null);
        if (key is not null)
        {
            var name = TagText.Parse(key.Name).Render(variables).Text;
            var resource = new ResourceRef(ResourceRefKind.ConfigMap, name);
            if (!state.Resources.TryGetValue(resource, out var data))
            {
                return (null, resource, null);
            }

            if (data.Text(TagText.Parse(key.Key).Render(variables).Text) is { } read)
            {
                return (read, null, null);
            }

            var fallback = argument?.ValueFrom?.Default ?? input.ValueFrom?.Default ?? input.Default;
            return fallback is not null || key.Optional
                ? (fallback ?? "", null, null)
                : (null, null, $"failed to retrieve inputs.parameters.{input.Name} from ConfigMap {name}: "
                    + (data is null ? "the ConfigMap does not exist; create it in the workflow's namespace" : $"it has no key {key.Key}"));
        }

        var own = input.Value ?? argument?.ValueFrom?.Default ?? input.ValueFrom?.Default ?? input.Default ?? argument?.Default;
        return (own is null ? null : TagText.Parse(own).Render(new WorkflowOnly(variables)).Text, null, null);
    }

    private static ArtifactValue? BindArtifact(Artifact input, Artifact? argument, IVariables variables)
    {
        var bound = (JsonObject)input.Json.DeepClone();
        if (argument is not null)
        {
            if (ArtifactSource.Resolve(argument, variables) is not { } source)
            {
                return null;
            }

            foreach (var (field, value) in source)
            {
                if (field is not ("name" or "path" or "mode" or "recurseMode" or "optional" or "globalName" or "from" or "fromExpression"))
                {
                    bound[field] = value?.DeepClone();
                }
            }

            if (argument.SubPath is { } subPath)
            {
                bound["subPath"] = subPath;
            }
        }
        else if (input.Location is null)
        {
            return null;
        }

        return new ArtifactValue(input.Name, bound);
    }
}

/// <summary>Inputs whose own text speaks of other inputs of the same template.</summary>
internal static class OwnInputs
{
    private const string Parameter = "inputs.parameters.";

    /// <param name="own">Which of the parameters have the template's own text for a value; used up.</param>
    /// <remarks>Inputs that speak of each other in a circle keep their text, as any tag that nothing resolves.</remarks>
    public static void Resolve(List<ParameterValue> parameters, List<int> own, IVariables variables)
    {
        var references = own.ToDictionary(index => index, index => TagText.Parse(parameters[index].Value).References
            .Where(reference => LocalVariables.IsUnder(reference, "inputs")).ToList());
        own.RemoveAll(index => references[index].Count == 0);
        while (own.FindIndex(index => !references[index].Any(IsOpen)) is >= 0 and var next)
        {
            var index = own[next];
            var seen = new LayeredVariables(new InputVariables(new NodeInputs(parameters, [])), new WorkflowOnly(variables));
            parameters[index] = parameters[index] with { Value = TagText.Parse(parameters[index].Value).Render(seen).Text };
            own.RemoveAt(next);
        }

        bool IsOpen(string reference) => own.Any(index => LocalVariables.IsUnder(reference, Parameter + parameters[index].Name));
    }
}

/// <summary>What a template's own defaults see: the workflow, and nothing of whoever calls the template.</summary>
internal sealed class WorkflowOnly(IVariables variables) : IVariables
{
    private const string Root = "workflow";

    public string? Find(string name) => LocalVariables.IsUnder(name, Root) ? variables.Find(name) : null;

    public IEnumerable<KeyValuePair<string, string>> Under(string root) => LocalVariables.IsUnder(root, Root) ? variables.Under(root) : [];

    public bool IsAbsent(string name) => LocalVariables.IsUnder(name, Root) && variables.IsAbsent(name);

    public Occasion? Occasion => variables.Occasion;
}

/// <summary>Finds the artifact that an argument or output stands for.</summary>
internal static class ArtifactSource
{
    /// <summary>The artifact's JSON with its location; null when it is not there.</summary>
    public static JsonObject? Resolve(Artifact artifact, IVariables variables)
    {
        if (artifact.FromExpression is { Length: > 0 } expression)
        {
            return AsArtifact(Expression.Parse(expression).Evaluate(variables) as string);
        }

        if (artifact.From is { Length: > 0 } from)
        {
            return AsArtifact(TagText.Parse(from).Render(variables).Text);
        }

        return artifact.Location is null ? null : artifact.Json;
    }

    private static JsonObject? AsArtifact(string? text)
    {
        if (text is null || !text.StartsWith('{') || text.StartsWith("{{", StringComparison.Ordinal))
        {
            return null;
        }

        try
        {
            return JsonNode.Parse(text) as JsonObject;
        }
        catch (System.Text.Json.JsonException)
        {
            return null;
        }
    }
}

/// <summary>What an expression's value becomes.</summary>
internal static class ExpressionText
{
    /// <exception cref="ExpressionException">The expression cannot be evaluated, or is no condition.</exception>
    public static bool IsTrue(string expression, IVariables variables) => Expression.Parse(expression).Evaluate(variables) is bool value
        ? value
        : throw new ExpressionException($"expression '{expression}' is neither true nor false");

    /// <summary>The text it becomes in a parameter: as Go prints it, so that lists and maps need <c>toJson</c> to become JSON.</summary>
    public static string Of(object value) => GoText.Of(value);
}
