using System.CommandLine;
using Argosy.Cli.Client;
using Argosy.Cli.Output;

namespace Argosy.Cli.Commands;

/// <summary>Options that choose workflows by what became of them; <c>list</c> and <c>delete</c> have the same.</summary>
internal sealed class WorkflowQuery(Shell shell)
{
    private readonly Option<bool> allNamespaces = CommandOptions.Flag("--all-namespaces", "of all namespaces", "-A");
    private readonly Option<bool> completed = CommandOptions.Flag("--completed", "only completed workflows");
    private readonly Option<bool> running = CommandOptions.Flag("--running", "only workflows that are not completed");
    private readonly Option<bool> resubmitted = CommandOptions.Flag("--resubmitted", "only workflows that were resubmitted");
    private readonly Option<string[]> status = new("--status")
    {
        Description = "only workflows in these phases, such as Failed,Error",
        DefaultValueFactory = _ => [],
    };

    private readonly Option<string?> prefix = CommandOptions.Text("--prefix", "only workflows whose names begin so");
    private readonly Option<string?> older = CommandOptions.Text("--older", "only workflows completed longer ago than this, such as 10d");
    private readonly Option<string?> labels = CommandOptions.LabelSelector();
    private readonly Option<string?> fields = CommandOptions.FieldSelector();

    public IEnumerable<Symbol> Symbols => [allNamespaces, completed, running, resubmitted, status, prefix, older, labels, fields];

    public bool IsOfAllNamespaces(ParseResult parsed) => parsed.GetValue(allNamespaces);

    /// <summary>Whether any of the options narrows the choice.</summary>
    public bool IsNarrow(ParseResult parsed) => parsed.GetValue(completed) || parsed.GetValue(running) || parsed.GetValue(resubmitted)
        || parsed.GetValue(status)!.Length > 0 || new[] { prefix, older, labels, fields }.Any(option => parsed.GetValue(option) is not null);

    public async Task<IReadOnlyList<Workflow>> FindAsync(ParseResult parsed, ArgoClient hub, CancellationToken cancellationToken)
    {
        var fits = Conditions(parsed);
        var @namespace = IsOfAllNamespaces(parsed) ? null : hub.Namespace;
        var found = new List<Workflow>();
        await foreach (var json in hub.ListWorkflowsAsync(@namespace, parsed.GetValue(labels), parsed.GetValue(fields), cancellationToken))
        {
            var workflow = new Workflow(json);
            if (fits.TrueForAll(condition => condition(workflow)))
            {
                found.Add(workflow);
            }
        }

        return found;
    }

    private List<Predicate<Workflow>> Conditions(ParseResult parsed)
    {
        List<Predicate<Workflow>> conditions = [];
        if (parsed.GetValue(completed))
        {
            conditions.Add(workflow => workflow.IsCompleted);
        }

        if (parsed.GetValue(running))
        {
            conditions.Add(workflow => !workflow.IsCompleted);
        }

        if (parsed.GetValue(resubmitted))
        {
            conditions.Add(workflow => workflow.Label("workflows.argoproj.io/resubmitted-from-workflow") is not null);
        }

        if (parsed.GetValue(status)!.SelectMany(text => text.Split(',')).ToList() is { Count: > 0 } phases)
        {
            conditions.Add(workflow => phases.Contains(workflow.Phase.Length > 0 ? workflow.Phase : "Pending"));
        }

        if (parsed.GetValue(prefix) is { } start)
        {
            conditions.Add(workflow => workflow.Name.StartsWith(start, StringComparison.Ordinal));
        }

        if (parsed.GetValue(older) is { } age)
        {
            var before = shell.Time.GetUtcNow() - GoDuration.Parse(age, "--older");
            conditions.Add(workflow => workflow.IsCompleted && workflow.FinishedAt < before);
        }

        return conditions;
    }
}
