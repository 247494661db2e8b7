namespace Argosy.Engine.Expressions.Outcomes;

/// <summary>A request that was made, as a success condition sees it under <c>request</c>.</summary>
/// <param name="Headers">Every value a name was sent with.</param>
public sealed record HttpRequestSeen(string Method, string Url, string Body, IReadOnlyDictionary<string, IReadOnlyList<string>> Headers);

/// <summary>The answer, as a success condition sees it under <c>response</c>.</summary>
/// <param name="Headers">Every value of a name; names are written as HTTP does it: <c>Content-Type</c>.</param>
public sealed record HttpResponseSeen(int StatusCode, string Body, IReadOnlyDictionary<string, IReadOnlyList<string>> Headers);

/// <summary>Whether an HTTP template succeeded: by its <c>successCondition</c>, or by a status of 200 to 299 where it has none.</summary>
/// <param name="Message">Why it did not, or null.</param>
public readonly record struct HttpOutcome(bool Succeeded, string? Message)
{
    /// <exception cref="ExpressionException">The condition cannot be evaluated: the node is an Error.</exception>
    public static HttpOutcome Judge(string? successCondition, HttpRequestSeen request, HttpResponseSeen response)
    {
        if (string.IsNullOrWhiteSpace(successCondition))
        {
            return response.StatusCode is >= 200 and < 300
                ? new(true, null)
                : new(false, $"received non-2xx response code: {response.StatusCode}");
        }

        var environment = new Dictionary<string, object?>(StringComparer.Ordinal)
        {
            ["request"] = new Dictionary<string, object?>
            {
                ["method"] = request.Method, ["url"] = request.Url, ["body"] = request.Body, ["headers"] = Lists(request.Headers),
            },
            ["response"] = new Dictionary<string, object?>
            {
                ["statusCode"] = (long)response.StatusCode, ["body"] = response.Body, ["headers"] = Lists(response.Headers),
            },
        };
        return Expression.Parse(successCondition).EvaluateBoolean(environment)
            ? new(true, null)
            : new(false, $"successCondition '{successCondition}' evaluated false");
    }

    private static Dictionary<string, object?> Lists(IReadOnlyDictionary<string, IReadOnlyList<string>> headers) =>
        headers.ToDictionary(header => header.Key, header => (object?)header.Value.ToList<object?>());
}
