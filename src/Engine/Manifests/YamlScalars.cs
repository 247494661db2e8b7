using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Argosy.Engine.Manifests;

/// <summary>
/// What an unquoted YAML scalar means to kubectl, which reads YAML 1.1: yes, no, on, off, y and n are truth values, numbers may be
/// octal (010), hexadecimal or binary and may hold underscores, and dates stay text. Numbers become the JSON that Go writes for them, so
/// <c>1.10</c> is 1.1: that is what a cluster sees.
/// </summary>
internal static partial class YamlScalars
{
    public static JsonNode? ToJson(Scalar scalar)
    {
        var tag = scalar.Tag.IsEmpty ? null : scalar.Tag.Value;
        if (tag == null || tag == "?")
        {
            return scalar.Style is ScalarStyle.Plain or ScalarStyle.Any ? Resolve(scalar, scalar.Value) : JsonValue.Create(scalar.Value);
        }

        return tag switch
        {
            "tag:yaml.org,2002:null" => null,
            "tag:yaml.org,2002:bool" or "tag:yaml.org,2002:int" or "tag:yaml.org,2002:float" => Resolve(scalar, scalar.Value),
            "tag:yaml.org,2002:binary" => JsonValue.Create(Decode(scalar)),
            _ => JsonValue.Create(scalar.Value),
        };
    }

    private static JsonNode? Resolve(Scalar scalar, string text)
    {
        switch (text)
        {
            case "" or "~" or "null" or "Null" or "NULL":
                return null;
            case "y" or "Y" or "yes" or "Yes" or "YES" or "true" or "True" or "TRUE" or "on" or "On" or "ON":
                return JsonValue.Create(true);
            case "n" or "N" or "no" or "No" or "NO" or "false" or "False" or "FALSE" or "off" or "Off" or "OFF":
                return JsonValue.Create(false);
            case ".nan" or ".NaN" or ".NAN" or ".inf" or ".Inf" or ".INF" or "+.inf" or "+.Inf" or "+.INF" or "-.inf" or "-.Inf" or "-.INF":
                throw new ManifestException((int)scalar.Start.Line, (int)scalar.Start.Column, $"{text} has no place in JSON");
        }

        if (!char.IsAsciiDigit(text[0]) && text[0] is not ('+' or '-' or '.'))
        {
            return JsonValue.Create(text);
        }

        var plain = text.Replace("_", "", StringComparison.Ordinal);
        return Number(Integer(plain) ?? Float(plain)) ?? JsonValue.Create(text);
    }

    private static JsonNode? Number(string? json) => json == null ? null : JsonNode.Parse(json);

    private static string? Integer(string text)
    {
        var negative = text[0] == '-';
        var digits = text[0] is '-' or '+' ? text[1..] : text;
        var (radix, skip) = digits switch
        {
            ['0', 'x' or 'X', ..] => (16, 2),
            ['0', 'b' or 'B', ..] => (2, 2),
            ['0', 'o' or 'O', ..] => (8, 2),
            ['0', _, ..] => (8, 1),
            _ => (10, 0),
        };
        digits = digits[skip..];
        var value = UInt128.Zero;
        foreach (var digit in digits)
        {
            var worth = char.IsAsciiHexDigit(digit) ? Convert.ToInt32(digit.ToString(), 16) : 16;
            if (worth >= radix)
            {
                return null;
            }

            value = (value * (UInt128)radix) + (UInt128)worth;
            if (value > ulong.MaxValue)
            {
                return null;
            }
        }

        var fits = digits.Length > 0 && (!negative || value <= (UInt128)long.MaxValue + 1);
        return !fits ? null : (negative && value > 0 ? "-" : "") + value.ToString(CultureInfo.InvariantCulture);
    }

    private static string? Float(string text)
    {
        if (!FloatPattern().IsMatch(text) || !double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var value)
            || !double.IsFinite(value))
        {
            return null;
        }

        return GoNumbers.Format(value);
    }

    private static string Decode(Scalar scalar)
    {
        try
        {
            return Encoding.UTF8.GetString(Convert.FromBase64String(scalar.Value));
        }
        catch (FormatException)
        {
            throw new ManifestException((int)scalar.Start.Line, (int)scalar.Start.Column, "!!binary value contains invalid base64 data");
        }
    }

    [GeneratedRegex(@"^[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?$", RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking)]
    private static partial Regex FloatPattern();
}
