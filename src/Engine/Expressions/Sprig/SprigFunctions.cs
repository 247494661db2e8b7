using Argosy.Engine.Expressions.Functions;

namespace Argosy.Engine.Expressions.Sprig;

/// <summary>
/// The functions of the Sprig library, called as <c>sprig.name(…)</c>. Their subject is usually the last argument. Left out are those that
/// read the machine's environment; those that make keys and certificates or ask for addresses are known and say that they are not available.
/// What reads a clock or draws from chance does so from the <see cref="Occasion"/> alone.
/// </summary>
internal static class SprigFunctions
{
    public static FunctionTable Table { get; } = Build();

    private static FunctionTable Build()
    {
        var table = new FunctionTable();
        SprigTexts.AddTo(table);
        SprigWords.AddTo(table);
        SprigNumbers.AddTo(table);
        SprigLists.AddTo(table);
        SprigMaps.AddTo(table);
        SprigDefaults.AddTo(table);
        SprigEncodings.AddTo(table);
        SprigPatterns.AddTo(table);
        SprigPaths.AddTo(table);
        SprigTimes.AddTo(table);
        SprigChance.AddTo(table);
        SprigVersions.AddTo(table);
        table.AddUnavailable(
            "bcrypt", "htpasswd", "derivePassword", "genPrivateKey", "buildCustomCert", "genCA", "genCAWithKey", "genSelfSignedCert",
            "genSelfSignedCertWithKey", "genSignedCert", "genSignedCertWithKey", "encryptAES", "decryptAES", "getHostByName");
        return table;
    }

    /// <summary>Adds a function under its name and under the name of its variant that fails aloud; here both do.</summary>
    public static void AddWithMust(this FunctionTable table, string name, int fewest, int most, Func<Arguments, object?> compute)
    {
        table.Add(name, fewest, most, compute);
        table.Add("must" + char.ToUpperInvariant(name[0]) + name[1..], fewest, most, compute);
    }
}
