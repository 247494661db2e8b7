using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Argosy.ClusterAgent.Kubernetes.Connecting;

/// <summary>
/// What a scalar of a manifest means to kubectl, which reads YAML 1.1: unquoted yes, no, on and off are truth values, and numbers may be octal
/// (010), hexadecimal or binary.
/// </summary>
internal static partial class YamlScalar
{
    public static JsonNode? Read(YamlScalarNode scalar)
    {
        var text = scalar.Value ?? "";
        var tagged = !scalar.Tag.IsEmpty && !scalar.Tag.IsNonSpecific && scalar.Tag.Value == "tag:yaml.org,2002:str";
        return scalar.Style != ScalarStyle.Plain || tagged ? text : text switch
        {
            "" or "~" or "null" or "Null" or "NULL" => null,
            "y" or "Y" or "yes" or "Yes" or "YES" or "true" or "True" or "TRUE" or "on" or "On" or "ON" => true,
            "n" or "N" or "no" or "No" or "NO" or "false" or "False" or "FALSE" or "off" or "Off" or "OFF" => false,
            _ => Number(text.Replace("_", "", StringComparison.Ordinal)) ?? JsonValue.Create(text),
        };
    }

    private static JsonNode? Number(string text)
    {
        if (IntegerPattern().Match(text) is { Success: true } integer && Integer(integer) is { } whole)
        {
            return whole;
        }

        return FloatPattern().IsMatch(text) && double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number)
            ? JsonValue.Create(number)
            : null;
    }

    private static JsonNode? Integer(Match match)
    {
        var digits = match.Groups["digits"].Value;
        var radix = match.Groups["prefix"].Value.ToUpperInvariant() switch { "0X" => 16, "0B" => 2, "0O" or "0" => 8, _ => 10 };
        var value = UInt128.Zero;
        foreach (var digit in digits)
        {
            var worth = (uint)Convert.ToInt32(digit.ToString(), 16);
            value = (value * (uint)radix) + worth;
            if (worth >= radix || value > ulong.MaxValue)
            {
                return null;
            }
        }

        return match.Groups["sign"].Value == "-"
            ? value <= (UInt128)long.MaxValue ? JsonValue.Create(-(long)value) : null
            : value <= (UInt128)long.MaxValue ? JsonValue.Create((long)value) : JsonValue.Create((ulong)value);
    }

    [GeneratedRegex(@"^(?<sign>[-+]?)(?<prefix>0[xX]|0[bB]|0[oO]|0(?=[0-9])|)(?<digits>[0-9a-fA-F]+)$", RegexOptions.ExplicitCapture)]
    private static partial Regex IntegerPattern();

    [GeneratedRegex(@"^[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?$", RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking)]
    private static partial Regex FloatPattern();
}
