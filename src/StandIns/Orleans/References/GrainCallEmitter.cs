using System.Reflection;
using System.Reflection.Emit;

namespace Orleans.Runtime;

/// <summary>An emitted class of calls: how to make one, and where its arguments go.</summary>
internal sealed record EmittedCall(ConstructorInfo Constructor, FieldInfo[] Arguments);

/// <summary>Emits, for one method of a grain interface, the class that holds its arguments and calls it on the grain.</summary>
internal static class GrainCallEmitter
{
    private const string MethodField = "Described";

    /// <exception cref="NotSupportedException">The method cannot be called from afar.</exception>
    public static EmittedCall Emit(ModuleBuilder module, MethodInfo method)
    {
        RefuseUnsupported(method);
        var type = module.DefineType(
            $"{method.DeclaringType!.FullName}.{method.Name}.Call{method.MetadataToken:x}",
            TypeAttributes.Public | TypeAttributes.Sealed,
            EmittedMembers.CallBase(method.ReturnType));
        var described = type.DefineField(MethodField, typeof(GrainMethod), FieldAttributes.Public | FieldAttributes.Static);
        var arguments = Array.ConvertAll(
            method.GetParameters(),
            parameter => type.DefineField($"{parameter.Name}{parameter.Position}", parameter.ParameterType, FieldAttributes.Public));
        type.DefineDefaultConstructor(MethodAttributes.Public);
        EmitMethodProperty(type, described);
        EmitInvoke(type, method, arguments);

        var made = type.CreateType();
        made.GetField(MethodField)!.SetValue(null, new GrainMethod(method));
        return new EmittedCall(
            made.GetConstructor(Type.EmptyTypes)!,
            Array.ConvertAll(arguments, argument => made.GetField(argument.Name)!));
    }

    private static void RefuseUnsupported(MethodInfo method)
    {
        var name = $"{method.DeclaringType}.{method.Name}";
        var isByReference = Array.Exists(method.GetParameters(), parameter => parameter.ParameterType.IsByRef);
        if (method.IsSpecialName || method.IsGenericMethodDefinition || isByReference)
        {
            throw new NotSupportedException(
                $"{name}: properties, generic methods and methods with by-reference parameters cannot be called on grains here");
        }

        var isOneWay = new GrainMethod(method).IsOneWay;
        if (!EmittedMembers.IsSupported(method.ReturnType) || (method.ReturnType == typeof(void) && !isOneWay))
        {
            throw new NotSupportedException($"{name} must return Task, Task<T>, ValueTask or ValueTask<T>, or be [OneWay] and return void");
        }

        if (isOneWay && method.ReturnType.IsGenericType)
        {
            throw new NotSupportedException($"{name} is [OneWay] and cannot return a result");
        }
    }

    private static void EmitMethodProperty(TypeBuilder type, FieldInfo described)
    {
        var getter = type.DefineMethod(
            EmittedMembers.GetMethod.Name,
            MethodAttributes.Public | MethodAttributes.Virtual | MethodAttributes.HideBySig | MethodAttributes.SpecialName,
            typeof(GrainMethod),
            Type.EmptyTypes);
        var il = getter.GetILGenerator();
        il.Emit(OpCodes.Ldsfld, described);
        il.Emit(OpCodes.Ret);
        type.DefineMethodOverride(getter, EmittedMembers.GetMethod);
    }

    private static void EmitInvoke(TypeBuilder type, MethodInfo method, FieldInfo[] arguments)
    {
        var overridden = EmittedMembers.CallBase(method.ReturnType).GetMethod(nameof(ActionCall.Invoke))!;
        var invoke = type.DefineMethod(
            overridden.Name,
            MethodAttributes.Public | MethodAttributes.Virtual | MethodAttributes.HideBySig,
            overridden.ReturnType,
            [typeof(object)]);
        var il = invoke.GetILGenerator();
        il.Emit(OpCodes.Ldarg_1);
        il.Emit(OpCodes.Castclass, method.DeclaringType!);
        foreach (var argument in arguments)
        {
            il.Emit(OpCodes.Ldarg_0);
            il.Emit(OpCodes.Ldfld, argument);
        }

        il.Emit(OpCodes.Callvirt, method);
        EmittedMembers.EmitAsValueTask(il, method.ReturnType);
        il.Emit(OpCodes.Ret);
        type.DefineMethodOverride(invoke, overridden);
    }
}
