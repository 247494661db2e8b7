using System.Security.Cryptography;
using System.Text;
using Argosy.Engine.Expressions.Functions;
using Argosy.Engine.Expressions.Values;

namespace Argosy.Engine.Expressions.Sprig;

/// <summary>JSON, base 64, base 32 and check sums.</summary>
internal static class SprigEncodings
{
    private const string Base32Digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

    public static void AddTo(FunctionTable table)
    {
        table.AddWithMust("toJson", 1, 1, a => ConversionFunctions.Paid(a, JsonText.Write(a[0])));
        table.AddWithMust("toRawJson", 1, 1, a => ConversionFunctions.Paid(a, JsonText.WriteRaw(a[0])));
        table.AddWithMust("toPrettyJson", 1, 1, a => ConversionFunctions.Paid(a, JsonText.WriteIndented(a[0])));
        table.AddWithMust("fromJson", 1, 1, a => ConversionFunctions.ReadJson(a, 0));
        table.Add("b64enc", 1, a => ConversionFunctions.Paid(a, Convert.ToBase64String(Bytes(a))));
        table.Add("b64dec", 1, a => ConversionFunctions.DecodeBase64(a.Text(0)));
        table.Add("b32enc", 1, a => ConversionFunctions.Paid(a, EncodeBase32(Bytes(a))));
        table.Add("b32dec", 1, a => DecodeBase32(a.Text(0).TrimEnd('=')));
        table.Add("sha1sum", 1, a => Sum(HashAlgorithmName.SHA1, a));
        table.Add("sha256sum", 1, a => Sum(HashAlgorithmName.SHA256, a));
        table.Add("sha512sum", 1, a => Sum(HashAlgorithmName.SHA512, a));
        table.Add("adler32sum", 1, a => Adler32(Bytes(a)).ToString(System.Globalization.CultureInfo.InvariantCulture));
    }

    private static byte[] Bytes(Arguments arguments)
    {
        arguments.Budget.SpendText(arguments.Text(0).Length);
        return Encoding.UTF8.GetBytes(arguments.Text(0));
    }

    private static string Sum(HashAlgorithmName algorithm, Arguments arguments) =>
        Convert.ToHexStringLower(CryptographicOperations.HashData(algorithm, Bytes(arguments)));

    private static uint Adler32(byte[] bytes)
    {
        const uint Modulus = 65521;
        uint a = 1;
        uint b = 0;
        foreach (var value in bytes)
        {
            a = (a + value) % Modulus;
            b = (b + a) % Modulus;
        }

        return (b << 16) | a;
    }

    private static string EncodeBase32(byte[] bytes)
    {
        var text = new StringBuilder();
        for (var bit = 0; bit < bytes.Length * 8; bit += 5)
        {
            var pair = (bytes[bit / 8] << 8) | (bit / 8 + 1 < bytes.Length ? bytes[(bit / 8) + 1] : 0);
            text.Append(Base32Digits[(pair >> (11 - (bit % 8))) & 31]);
        }

        return text.Append('=', (8 - (text.Length % 8)) % 8).ToString();
    }

    private static string DecodeBase32(string text)
    {
        var bytes = new List<byte>();
        var buffer = 0;
        var bits = 0;
        foreach (var c in text)
        {
            var digit = Base32Digits.IndexOf(c, StringComparison.Ordinal);
            if (digit < 0)
            {
                throw new ExpressionException("illegal base32 data");
            }

            buffer = ((buffer << 5) | digit) & 0xFFFF;
            bits += 5;
            if (bits >= 8)
            {
                bits -= 8;
                bytes.Add((byte)(buffer >> bits));
            }
        }

        return Encoding.UTF8.GetString([.. bytes]);
    }
}
