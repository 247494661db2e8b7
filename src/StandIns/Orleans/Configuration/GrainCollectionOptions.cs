using Microsoft.Extensions.Options;

namespace Orleans.Configuration;

/// <summary>How long activations live.</summary>
public class GrainCollectionOptions
{
    /// <summary>How often idle activations are looked for; default one minute.</summary>
    public TimeSpan CollectionQuantum { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>How long an activation may be idle, unless its class says otherwise; default 15 minutes. Longer than the quantum.</summary>
    public TimeSpan CollectionAge { get; set; } = TimeSpan.FromMinutes(15);

    /// <summary>Ages of single classes, by full name; they win over attributes on the class.</summary>
    public Dictionary<string, TimeSpan> ClassSpecificCollectionAge { get; } = [];

    /// <summary>How long construction and <c>OnActivateAsync</c> may take; default 30 s.</summary>
    public TimeSpan ActivationTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How long <c>OnDeactivateAsync</c> may take; default 30 s.</summary>
    public TimeSpan DeactivationTimeout { get; set; } = TimeSpan.FromSeconds(30);
}

internal sealed class GrainCollectionOptionsValidator : IValidateOptions<GrainCollectionOptions>
{
    public ValidateOptionsResult Validate(string? name, GrainCollectionOptions options)
    {
        var failures = new List<string>();
        if (options.CollectionQuantum <= TimeSpan.Zero)
        {
            failures.Add($"GrainCollectionOptions.CollectionQuantum is {options.CollectionQuantum}: it must be greater than 0");
        }

        if (options.CollectionAge <= options.CollectionQuantum)
        {
            failures.Add(
                $"GrainCollectionOptions.CollectionAge is {options.CollectionAge}: it must be greater than CollectionQuantum, "
                + $"{options.CollectionQuantum}");
        }

        return failures.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures);
    }
}
