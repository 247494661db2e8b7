using Argosy.Engine.Expressions.Functions;
using Argosy.Engine.Expressions.Language;

namespace Argosy.Engine.Expressions.Sprig;

/// <summary>Functions of chance: repeatable, as they draw from where the expression stands.</summary>
internal static class SprigChance
{
    private const int MaxLength = 10_000;
    private const string Digits = "0123456789";
    private const string Letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
    private static readonly string Printable = string.Concat(Enumerable.Range(32, 95).Select(code => (char)code));

    public static void AddTo(FunctionTable table)
    {
        table.Add("uuidv4", 0, Uuid);
        table.Add("randAlphaNum", 1, a => Text(a, Letters + Digits));
        table.Add("randAlpha", 1, a => Text(a, Letters));
        table.Add("randNumeric", 1, a => Text(a, Digits));
        table.Add("randAscii", 1, a => Text(a, Printable));
        table.Add("randBytes", 1, a => Convert.ToBase64String(Source(a).NextBytes(Length(a))));
        table.Add("randInt", 2, Between);
        table.Add("shuffle", 1, Shuffled);
    }

    private static string Uuid(Arguments arguments)
    {
        var bytes = Source(arguments).NextBytes(16);
        bytes[6] = (byte)((bytes[6] & 0x0F) | 0x40);
        bytes[8] = (byte)((bytes[8] & 0x3F) | 0x80);
        return new Guid(bytes, bigEndian: true).ToString();
    }

    private static string Text(Arguments arguments, string alphabet)
    {
        var chance = Source(arguments);
        return string.Concat(Enumerable.Range(0, Length(arguments)).Select(_ => alphabet[(int)chance.Next(alphabet.Length)]));
    }

    private static object Between(Arguments arguments)
    {
        var (least, bound) = (arguments.Integer(0), arguments.Integer(1));
        return bound > least && bound - least > 0
            ? least + Source(arguments).Next(bound - least)
            : throw new ExpressionException($"randInt needs a range, not {least} to {bound}");
    }

    private static string Shuffled(Arguments arguments)
    {
        var letters = arguments.Text(0).ToCharArray();
        arguments.Budget.Spend(letters.Length);
        var chance = Source(arguments);
        for (var i = letters.Length - 1; i > 0; i--)
        {
            var other = (int)chance.Next(i + 1);
            (letters[i], letters[other]) = (letters[other], letters[i]);
        }

        return new string(letters);
    }

    private static int Length(Arguments arguments)
    {
        var length = Loose.Integer(arguments[0]);
        arguments.Budget.Spend(Math.Clamp(length, 0, MaxLength));
        return length is >= 0 and <= MaxLength ? (int)length : throw arguments.Invalid(0);
    }

    private static Chance Source(Arguments arguments) => arguments.Surroundings.Chance ?? throw new ExpressionException(
        $"{arguments.Function} is not available: an expression must give the same result each time it is evaluated");
}
