using System.Reflection;

namespace Argosy.ControlPlane.Storage;

/// <summary>One numbered step of the schema, kept as an embedded file <c>Migrations/PROVIDER/NNNN_name.sql</c>.</summary>
internal sealed record Migration(int Version, string Name, string Sql)
{
    /// <summary>The steps of one engine, by number.</summary>
    /// <exception cref="InvalidDataException">Two files carry one number, or a file's name has none.</exception>
    public static IReadOnlyList<Migration> Of(DatabaseProvider provider)
    {
        var assembly = typeof(Migration).Assembly;
        var prefix = $"Migrations/{provider}/";
        var migrations = assembly.GetManifestResourceNames()
            .Where(resource => resource.StartsWith(prefix, StringComparison.Ordinal))
            .Select(resource => Read(assembly, resource, resource[prefix.Length..]))
            .OrderBy(migration => migration.Version)
            .ToList();
        var twice = migrations.CountBy(migration => migration.Version).FirstOrDefault(count => count.Value > 1);
        return twice.Value == 0
            ? migrations
            : throw new InvalidDataException($"migration {twice.Key:D4} of {provider} exists twice: give one of them the next free number");
    }

    private static Migration Read(Assembly assembly, string resource, string file)
    {
        var name = Path.GetFileNameWithoutExtension(file);
        if (name.Split('_', 2) is not [var digits, _] || !int.TryParse(digits, out var version))
        {
            throw new InvalidDataException($"migration {file} must be named NNNN_name.sql");
        }

        using var reader = new StreamReader(assembly.GetManifestResourceStream(resource)!);
        return new Migration(version, name, reader.ReadToEnd());
    }
}
