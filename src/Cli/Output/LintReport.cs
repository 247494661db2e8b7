using System.Text;
using System.Text.Json.Nodes;

namespace Argosy.Cli.Output;

/// <summary>What a lint has found, file by file.</summary>
internal abstract class LintReport
{
    private readonly List<Finding> findings = [];

    public int ErrorCount => findings.Count;

    private protected IReadOnlyList<Finding> Findings => findings;

    /// <exception cref="CommandException">There is no such format.</exception>
    public static LintReport Create(string? format) => format switch
    {
        null or "" or "pretty" => new Pretty(),
        "simple" => new Simple(),
        "json" => new Json(),
        _ => throw new CommandException($"unknown output format {format}: use pretty, simple or json"),
    };

    public void Add(string source, string name, string kind, IReadOnlyList<(string Path, string Message)> errors) =>
        findings.AddRange(errors.Select(error => new Finding(source, name, kind, error.Path, error.Message)));

    public abstract string Write();

    private protected sealed record Finding(string Source, string Name, string Kind, string Path, string Message)
    {
        public override string ToString()
        {
            var where = Kind.Length > 0 ? $"in \"{Name}\" ({Kind}): " : "";
            return where + (Path.Length > 0 ? $"{Path}: {Message}" : Message);
        }
    }

    private sealed class Pretty : LintReport
    {
        public override string Write()
        {
            var text = new StringBuilder();
            foreach (var file in Findings.GroupBy(finding => finding.Source))
            {
                text.AppendLine($"{file.Key}:").AppendLine();
                foreach (var finding in file)
                {
                    text.AppendLine($"   ✖ {finding}");
                }

                text.AppendLine();
            }

            return text.AppendLine(ErrorCount == 0 ? "✔ no linting errors found!" : $"✖ {ErrorCount} linting errors found!").ToString();
        }
    }

    private sealed class Simple : LintReport
    {
        public override string Write() => string.Concat(Findings.Select(finding => $"{finding.Source}: {finding}{Environment.NewLine}"));
    }

    private sealed class Json : LintReport
    {
        public override string Write() => Documents.Json(new JsonObject
        {
            ["success"] = ErrorCount == 0,
            ["errors"] = new JsonArray([.. Findings.Select(finding => new JsonObject
            {
                ["file"] = finding.Source,
                ["kind"] = finding.Kind,
                ["name"] = finding.Name,
                ["path"] = finding.Path,
                ["message"] = finding.Message,
            })]),
        });
    }
}
