using Argosy.Engine.Manifests;

namespace Argosy.Engine.Validation;

/// <summary>Collects what is wrong with a manifest. A huge broken manifest gets its first errors only.</summary>
internal sealed class Problems
{
    private const int Most = 1000;

    private readonly List<FieldError> errors = [];
    private readonly HashSet<FieldError> known = [];

    public IReadOnlyList<FieldError> Errors => errors;

    /// <summary>Put before each message from now on.</summary>
    public string Prefix { get; set; } = "";

    public void Add(string path, string message)
    {
        var error = new FieldError(path, Prefix + message);
        if (errors.Count < Most && known.Add(error))
        {
            errors.Add(error);
        }
    }
}
