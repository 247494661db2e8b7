using System.CommandLine;
using Argosy.Cli.Client;

namespace Argosy.Cli.Commands;

/// <summary>The workflows that a verb is for: by name, or all that selectors find.</summary>
internal sealed class WorkflowSelection
{
    private readonly Argument<string[]> names = CommandOptions.Names("WORKFLOW", required: false);
    private readonly Option<string?> labels = CommandOptions.LabelSelector();
    private readonly Option<string?> fields = CommandOptions.FieldSelector();

    public IEnumerable<Symbol> Symbols => [names, labels, fields];

    /// <exception cref="CommandException">Neither a name nor a selector was given.</exception>
    public async Task<IReadOnlyList<string>> FindAsync(ParseResult parsed, ArgoClient hub, CancellationToken cancellationToken)
    {
        var found = parsed.GetValue(names)!.ToList();
        var (label, field) = (parsed.GetValue(labels), parsed.GetValue(fields));
        if (label is not null || field is not null)
        {
            await foreach (var workflow in hub.ListWorkflowsAsync(hub.Namespace, label, field, cancellationToken))
            {
                found.Add(new Workflow(workflow).Name);
            }
        }
        else if (found.Count == 0)
        {
            throw new CommandException("name a workflow, or select some with -l or --field-selector");
        }

        return [.. found.Distinct()];
    }
}
