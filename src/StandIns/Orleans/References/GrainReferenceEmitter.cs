using System.Collections.Concurrent;
using System.Linq.Expressions;
using System.Reflection;
using System.Reflection.Emit;
using System.Runtime.CompilerServices;

namespace Orleans.Runtime;

/// <summary>
/// Emits, once for each grain interface, the class of its references: what Orleans' source generator writes at build time. Each method
/// packs its arguments into a call (see <see cref="GrainCallEmitter"/>) and sends it.
/// </summary>
internal static class GrainReferenceEmitter
{
    private static readonly ConcurrentDictionary<Type, Lazy<Func<GrainRuntime, GrainId, GrainReference>>> Constructors = new();

    private static readonly ConstructorInfo BaseConstructor =
        typeof(GrainReference).GetConstructor(BindingFlags.NonPublic | BindingFlags.Instance, [typeof(GrainRuntime), typeof(GrainId)])!;

    private static readonly ConstructorInfo AccessMark =
        typeof(IgnoresAccessChecksToAttribute).GetConstructor([typeof(string)])!;

    /// <summary>The constructor of references by <paramref name="grainInterface"/>.</summary>
    /// <exception cref="NotSupportedException">The interface has a member that cannot be called from afar.</exception>
    public static Func<GrainRuntime, GrainId, GrainReference> For(Type grainInterface) =>
        Constructors.GetOrAdd(grainInterface, static type => new(() => Emit(type))).Value;

    private static Func<GrainRuntime, GrainId, GrainReference> Emit(Type grainInterface)
    {
        if (!grainInterface.IsInterface || !grainInterface.IsAssignableTo(typeof(IAddressable)))
        {
            throw new ArgumentException($"{grainInterface} is not a grain interface", nameof(grainInterface));
        }

        Type[] interfaces = [grainInterface, .. grainInterface.GetInterfaces()];
        var module = DefineModule(grainInterface, interfaces);
        var type = module.DefineType(
            $"{grainInterface.FullName}.Reference",
            TypeAttributes.Public | TypeAttributes.Sealed,
            typeof(GrainReference),
            [grainInterface]);
        EmitConstructor(type);
        foreach (var method in interfaces.SelectMany(each => each.GetMethods()).Where(method => method.IsAbstract))
        {
            EmitMethod(type, method, GrainCallEmitter.Emit(module, method));
        }

        return Constructor(type.CreateType());
    }

    private static ModuleBuilder DefineModule(Type grainInterface, Type[] interfaces)
    {
        var assembly = AssemblyBuilder.DefineDynamicAssembly(
            new AssemblyName($"{grainInterface.FullName}.References"), AssemblyBuilderAccess.Run);
        var used = interfaces.SelectMany(each => each.GetMethods()).SelectMany(method => method.GetParameters()
            .Select(parameter => parameter.ParameterType)
            .Concat(method.ReturnType.GenericTypeArguments));
        var assemblies = used.Concat(interfaces).Append(typeof(GrainReference)).Select(each => each.Assembly.GetName().Name).Distinct();
        foreach (var name in assemblies)
        {
            assembly.SetCustomAttribute(new CustomAttributeBuilder(AccessMark, [name]));
        }

        return assembly.DefineDynamicModule("references");
    }

    private static void EmitConstructor(TypeBuilder type)
    {
        var il = type
            .DefineConstructor(MethodAttributes.Public, CallingConventions.HasThis, [typeof(GrainRuntime), typeof(GrainId)])
            .GetILGenerator();
        il.Emit(OpCodes.Ldarg_0);
        il.Emit(OpCodes.Ldarg_1);
        il.Emit(OpCodes.Ldarg_2);
        il.Emit(OpCodes.Call, BaseConstructor);
        il.Emit(OpCodes.Ret);
    }

    private static void EmitMethod(TypeBuilder type, MethodInfo method, EmittedCall call)
    {
        var parameters = method.GetParameters();
        var body = type.DefineMethod(
            $"{method.DeclaringType!.FullName}.{method.Name}",
            MethodAttributes.Private | MethodAttributes.Virtual | MethodAttributes.Final | MethodAttributes.HideBySig
                | MethodAttributes.NewSlot,
            method.ReturnType,
            Array.ConvertAll(parameters, parameter => parameter.ParameterType));
        var il = body.GetILGenerator();
        il.Emit(OpCodes.Ldarg_0);
        il.Emit(OpCodes.Newobj, call.Constructor);
        for (var index = 0; index < parameters.Length; index++)
        {
            var parameter = parameters[index].ParameterType;
            il.Emit(OpCodes.Dup);
            il.Emit(OpCodes.Ldarg, index + 1);
            if (parameter.IsInterface && parameter.IsAssignableTo(typeof(IAddressable)))
            {
                il.Emit(OpCodes.Call, EmittedMembers.Outward(parameter));
            }

            il.Emit(OpCodes.Stfld, call.Arguments[index]);
            if (parameter == typeof(CancellationToken))
            {
                il.Emit(OpCodes.Dup);
                il.Emit(OpCodes.Ldarg, index + 1);
                il.Emit(OpCodes.Call, EmittedMembers.SetCancellationToken);
            }
        }

        il.Emit(OpCodes.Call, EmittedMembers.Send(method.ReturnType));
        EmittedMembers.EmitReturn(il, method.ReturnType);
        type.DefineMethodOverride(body, method);
    }

    private static Func<GrainRuntime, GrainId, GrainReference> Constructor(Type type)
    {
        var runtime = Expression.Parameter(typeof(GrainRuntime));
        var id = Expression.Parameter(typeof(GrainId));
        return Expression
            .Lambda<Func<GrainRuntime, GrainId, GrainReference>>(Expression.New(type.GetConstructors().Single(), runtime, id), runtime, id)
            .Compile();
    }
}
