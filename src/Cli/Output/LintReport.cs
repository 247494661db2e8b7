using System.Text;
using System.Text.Json.Nodes;

namespace Argosy.Cli.Output;

/// <summary>What a lint has found, file by file.</summary>
internal abstract class LintReport
{
    private const string Nothing = "found nothing to lint in the specified paths, failing...";
    private const string NoErrors = "no linting errors found!";

    private readonly List<Finding> findings = [];
    private int linted;

    /// <summary>Whether something was linted and nothing is wrong with it.</summary>
    public bool IsSuccessful => linted > 0 && findings.Count == 0;

    private protected IReadOnlyList<Finding> Findings => findings;

    /// <exception cref="CommandException">There is no such format.</exception>
    public static LintReport Create(string? format) => format switch
    {
        null or "" or "pretty" => new Pretty(),
        "simple" => new Simple(),
        "json" => new Json(),
        _ => throw new CommandException($"unknown output format {format}: use pretty, simple or json"),
    };

    /// <summary>What came of one manifest, or of a file that is none.</summary>
    public void Add(string source, string name, string kind, IReadOnlyList<(string Path, string Message)> errors)
    {
        linted++;
        findings.AddRange(errors.Select(error => new Finding(source, name, kind, error.Path, error.Message)));
    }

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

            var summary = IsSuccessful ? $"✔ {NoErrors}" : linted == 0 ? $"✖ {Nothing}" : $"✖ {Findings.Count} linting errors found!";
            return text.AppendLine(summary).ToString();
        }
    }

    private sealed class Simple : LintReport
    {
        public override string Write() => Findings.Count > 0
            ? string.Concat(Findings.Select(finding => $"{finding.Source}: {finding}{Environment.NewLine}"))
            : (IsSuccessful ? NoErrors : Nothing) + Environment.NewLine;
    }

    // {success, linted, errors: [{file, kind, name, path, message}]}; linted counts manifests.
    private sealed class Json : LintReport
    {
        public override string Write() => Documents.Json(new JsonObject
        {
            ["success"] = IsSuccessful,
            ["linted"] = linted,
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
