using System.Text.Json.Nodes;

namespace Argosy.Engine.Manifests;

/// <summary>One object of a manifest file.</summary>
/// <param name="Document">Its place in the file, from 0; documents without content do not count.</param>
/// <param name="Line">The line where it begins, from 1.</param>
public sealed record Manifest(JsonObject Json, int Document, int Line)
{
    /// <summary>
    /// Keys that were written again: the last value counts, as for kubectl and Argo. Kubernetes' strict field validation refuses them.
    /// </summary>
    public IReadOnlyList<DuplicateKey> DuplicateKeys { get; init; } = [];
}

/// <summary>A key that an object has twice, the lines of both counted from 1.</summary>
public sealed record DuplicateKey(string Key, int FirstLine, int Line)
{
    public override string ToString() => $"line {Line}: key \"{Key}\" already set in map on line {FirstLine}";
}

/// <summary>A manifest's text cannot be read. The message says where and what; line and column count from 1.</summary>
public sealed class ManifestException(int line, int column, string problem) : Exception($"line {line}, column {column}: {problem}")
{
    public int Line { get; } = line;

    public int Column { get; } = column;

    /// <summary>What is wrong, without the place.</summary>
    public string Problem { get; } = problem;
}

/// <summary>What is wrong with a field. The path is as Kubernetes writes it: <c>spec.templates[0].container</c>.</summary>
public sealed record FieldError(string Path, string Message);
