using System.Reflection;
using System.Reflection.Emit;
using System.Reflection.Metadata;

namespace Argosy.Architecture.Tests;

/// <summary>Reads compiled method bodies, instruction by instruction.</summary>
internal static class MethodTokens
{
    private const byte TwoByteMark = 0xFE;

    private static readonly Dictionary<int, OpCode> Instructions = typeof(OpCodes)
        .GetFields(BindingFlags.Public | BindingFlags.Static)
        .Select(field => (OpCode)field.GetValue(null)!)
        .ToDictionary(code => (int)(ushort)code.Value);

    /// <summary>The metadata tokens of all methods that a body calls, creates objects with or points to, in order.</summary>
    public static List<int> In(BlobReader body)
    {
        List<int> tokens = [];
        while (body.RemainingBytes > 0)
        {
            int value = body.ReadByte();
            var instruction = Instructions[value == TwoByteMark ? (value << 8) | body.ReadByte() : value];
            if (instruction.OperandType is OperandType.InlineMethod)
            {
                tokens.Add(body.ReadInt32());
            }
            else
            {
                body.Offset += SizeOfOperand(instruction.OperandType, body);
            }
        }

        return tokens;
    }

    private static int SizeOfOperand(OperandType operand, BlobReader next) => operand switch
    {
        OperandType.InlineNone => 0,
        OperandType.ShortInlineBrTarget or OperandType.ShortInlineI or OperandType.ShortInlineVar => 1,
        OperandType.InlineVar => 2,
        OperandType.InlineI8 or OperandType.InlineR => 8,
        OperandType.InlineSwitch => 4 + (4 * next.ReadInt32()),
        _ => 4,
    };
}
