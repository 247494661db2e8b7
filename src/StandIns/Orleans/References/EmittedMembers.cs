using System.Reflection;
using System.Reflection.Emit;

namespace Orleans.Runtime;

/// <summary>
/// What emitted code refers to, by the return type of the grain method: one place that knows the four kinds of task and void.
/// </summary>
internal static class EmittedMembers
{
    private static readonly MethodInfo[] Sends =
        [.. typeof(GrainReference).GetMethods(BindingFlags.NonPublic | BindingFlags.Instance).Where(method => method.Name == nameof(Send))];

    private static readonly MethodInfo OutwardMethod =
        typeof(GrainReference).GetMethod(nameof(GrainReference.Outward), BindingFlags.NonPublic | BindingFlags.Static)!;

    /// <summary>The getter of <see cref="Call.Method"/>.</summary>
    public static MethodInfo GetMethod { get; } = typeof(Call).GetProperty(nameof(Call.Method))!.GetMethod!;

    /// <summary>The setter of <see cref="Call.CancellationToken"/>.</summary>
    public static MethodInfo SetCancellationToken { get; } = typeof(Call).GetProperty(nameof(Call.CancellationToken))!.SetMethod!;

    public static bool IsSupported(Type returned) =>
        returned == typeof(void) || returned == typeof(Task) || returned == typeof(ValueTask)
        || Is(returned, typeof(Task<>)) || Is(returned, typeof(ValueTask<>));

    /// <summary>The base of the emitted class of calls.</summary>
    public static Type CallBase(Type returned) =>
        returned.IsGenericType ? typeof(FunctionCall<>).MakeGenericType(returned.GenericTypeArguments) : typeof(ActionCall);

    /// <summary>The method of <see cref="GrainReference"/> that sends such a call; it returns a Task or Task&lt;T&gt;.</summary>
    public static MethodInfo Send(Type returned) =>
        returned.IsGenericType
            ? Sends.Single(send => send.IsGenericMethodDefinition).MakeGenericMethod(returned.GenericTypeArguments)
            : Sends.Single(send => !send.IsGenericMethodDefinition);

    /// <summary>The guard against grains that pass themselves; see <see cref="GrainReference.Outward"/>.</summary>
    public static MethodInfo Outward(Type grainInterface) => OutwardMethod.MakeGenericMethod(grainInterface);

    /// <summary>On the stack lies what <see cref="Send"/> returned; returns it as the grain method declares.</summary>
    public static void EmitReturn(ILGenerator il, Type returned)
    {
        if (returned == typeof(void))
        {
            il.Emit(OpCodes.Pop);
        }
        else if (returned == typeof(ValueTask) || Is(returned, typeof(ValueTask<>)))
        {
            il.Emit(OpCodes.Newobj, FromTask(returned));
        }

        il.Emit(OpCodes.Ret);
    }

    /// <summary>On the stack lies what the grain method returned; makes it a ValueTask or ValueTask&lt;T&gt;.</summary>
    public static void EmitAsValueTask(ILGenerator il, Type returned)
    {
        if (returned == typeof(void))
        {
            var done = il.DeclareLocal(typeof(ValueTask));
            il.Emit(OpCodes.Ldloca, done);
            il.Emit(OpCodes.Initobj, typeof(ValueTask));
            il.Emit(OpCodes.Ldloc, done);
        }
        else if (returned == typeof(Task))
        {
            il.Emit(OpCodes.Newobj, FromTask(typeof(ValueTask)));
        }
        else if (Is(returned, typeof(Task<>)))
        {
            il.Emit(OpCodes.Newobj, FromTask(typeof(ValueTask<>).MakeGenericType(returned.GenericTypeArguments)));
        }
    }

    private static bool Is(Type type, Type definition) => type.IsGenericType && type.GetGenericTypeDefinition() == definition;

    private static ConstructorInfo FromTask(Type valueTask) =>
        valueTask.GetConstructor(
            [valueTask.IsGenericType ? typeof(Task<>).MakeGenericType(valueTask.GenericTypeArguments) : typeof(Task)])!;
}
