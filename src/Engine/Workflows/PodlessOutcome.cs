using System.Text.Json.Nodes;
using Argosy.Engine.Expressions;
using Argosy.Engine.Expressions.Values;
using Argosy.Engine.Templates;

namespace Argosy.Engine.Workflows;

/// <summary>
/// What templates that need no pod come to. Their agent reports what it found; expressions of the template decide what that means.
/// </summary>
internal static class PodlessOutcome
{
    /// <summary>The phase, message and outputs that a reported success really is.</summary>
    public static (NodePhase Phase, string? Message, NodeOutputs Outputs) Of(PodRequest request, PodStatus status)
    {
        if (request.Template.Object("resource") is not null)
        {
            return OfResource(request, status);
        }

        try
        {
            if (request.Template.Object("http") is { } http && status.Http is { } answer)
            {
                return OfHttp(http, answer, status);
            }

            if (request.Template.Object("data") is { } data && status.Files is { } files)
            {
                return (NodePhase.Succeeded, status.Message, status.Outputs with { Result = Transformed(data, files) });
            }
        }
        catch (ExpressionException failure)
        {
            return (NodePhase.Error, failure.Message, status.Outputs);
        }

        return (NodePhase.Succeeded, status.Message, status.Outputs);
    }

    // What cannot be read fails the node as a step's command does: upstream's is a pod that reads it itself.
    private static (NodePhase, string?, NodeOutputs) OfResource(PodRequest request, PodStatus status)
    {
        if (status.Resource is null && status.Outputs.Parameters.Count > 0)
        {
            return (NodePhase.Succeeded, status.Message, status.Outputs); // taken already
        }

        var declared = request.Template.Object("outputs").Objects("parameters").Select(Parameter.Read);
        try
        {
            return (NodePhase.Succeeded, status.Message, status.Outputs with { Parameters = ResourceOutputs.Of(declared, status.Resource) });
        }
        catch (ExpressionException failure)
        {
            return (NodePhase.Failed, failure.Message, status.Outputs);
        }
    }

    private static (NodePhase, string?, NodeOutputs) OfHttp(JsonObject http, HttpAnswer answer, PodStatus status)
    {
        if (http.Text("successCondition") is not { Length: > 0 } condition)
        {
            return answer.StatusCode is >= 200 and < 300
                ? (NodePhase.Succeeded, null, status.Outputs)
                : (NodePhase.Failed, $"received non-2xx response code: {answer.StatusCode}", status.Outputs);
        }

        var environment = new Dictionary<string, object?>
        {
            ["request"] = new Dictionary<string, object?>
            {
                ["method"] = http.Text("method") ?? "GET",
                ["url"] = http.Text("url") ?? "",
                ["body"] = http.Text("body") ?? "",
                ["headers"] = http.Objects("headers").GroupBy(header => header.Text("name") ?? "")
                    .ToDictionary(headers => headers.Key, headers => (object?)headers.Select(header => header.Text("value") ?? "").ToList()),
            },
            ["response"] = new Dictionary<string, object?>
            {
                ["statusCode"] = answer.StatusCode,
                ["body"] = status.Outputs.Result ?? "",
                ["headers"] = answer.Headers.ToDictionary(header => header.Key, header => (object?)header.Value.ToList()),
            },
        };
        return Expression.Parse(condition).EvaluateBoolean(environment)
            ? (NodePhase.Succeeded, null, status.Outputs)
            : (NodePhase.Failed, $"successCondition '{condition}' evaluated false", status.Outputs);
    }

    // The agent lists files below the location; upstream's lists hold whole keys.
    private static string Transformed(JsonObject data, IReadOnlyList<string> files)
    {
        var folder = ArtifactStorage.Of(data.Object("source").Object("artifactPaths")) is var (storage, location) && storage.Key is { } key
            ? location.Text(key)?.TrimEnd('/') ?? ""
            : "";
        object? value = files.Select(file => (object?)(folder.Length > 0 ? $"{folder}/{file}" : file)).ToList();
        foreach (var transformation in data.Objects("transformation"))
        {
            value = Expression.Parse(transformation.Text("expression") ?? "").Evaluate(new Dictionary<string, object?> { ["data"] = value });
        }

        return JsonText.Write(value);
    }
}
