using System.CommandLine;

namespace Argosy.Cli.Commands;

/// <summary>Options that several commands have, always with the same names.</summary>
internal static class CommandOptions
{
    public static Option<string?> Output(string formats) => Text("--output", $"output format: {formats}", "-o");

    public static Option<string?> LabelSelector() => Text("--selector", "label selector, such as team=red,tier!=web", "-l");

    public static Option<string?> FieldSelector() => Text("--field-selector", "field selector, such as metadata.name=hello");

    public static Option<string?> NodeFieldSelector() => Text(
        "--node-field-selector", "selector of nodes, such as displayName=approve or inputs.parameters.x.value=1");

    public static Option<string[]> Parameters() => new("--parameter", "-p") { Description = "a parameter as name=value", DefaultValueFactory = _ => [] };

    public static Option<string?> Text(string name, string description, params string[] aliases) => new(name, aliases) { Description = description };

    public static Option<bool> Flag(string name, string description, params string[] aliases) => new(name, aliases) { Description = description };

    public static Argument<string[]> Names(string what, bool required = true) => new(what)
    {
        Description = $"names, or @latest",
        Arity = required ? ArgumentArity.OneOrMore : ArgumentArity.ZeroOrMore,
    };

    public static void AddAll(this Command command, params IEnumerable<Symbol> symbols)
    {
        foreach (var symbol in symbols)
        {
            switch (symbol)
            {
                case Option option:
                    command.Add(option);
                    break;
                case Argument argument:
                    command.Add(argument);
                    break;
            }
        }
    }
}
