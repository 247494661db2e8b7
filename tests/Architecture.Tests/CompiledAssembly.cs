using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;
using System.Reflection.PortableExecutable;

namespace Argosy.Architecture.Tests;

/// <summary>What a compiled assembly of ours says about itself: whom it knows, what its types mention and what its methods call.</summary>
internal sealed class CompiledAssembly : IDisposable
{
    private readonly PEReader file;
    private readonly MetadataReader metadata;

    private CompiledAssembly(string path)
    {
        Name = Path.GetFileNameWithoutExtension(path);
        file = new PEReader(File.OpenRead(path));
        metadata = file.GetMetadataReader();
    }

    public string Name { get; }

    /// <summary>The names of the assemblies it was compiled against and uses.</summary>
    public IEnumerable<string> References => metadata.AssemblyReferences.Select(handle => Text(metadata.GetAssemblyReference(handle).Name));

    /// <summary>The full names of the foreign types it mentions anywhere.</summary>
    public IEnumerable<string> MentionedTypes => metadata.TypeReferences.Select(TypeName).Distinct();

    public static CompiledAssembly Open(string name) => new(Path.Combine(AppContext.BaseDirectory, name + ".dll"));

    /// <summary>Every use of a foreign method, constructors included.</summary>
    public IEnumerable<Call> Calls()
    {
        foreach (var handle in metadata.MethodDefinitions)
        {
            var method = metadata.GetMethodDefinition(handle);
            if (method.RelativeVirtualAddress == 0)
            {
                continue;
            }

            var caller = $"{OutermostTypeName(method.GetDeclaringType())}.{Text(method.Name)}";
            foreach (var token in MethodTokens.In(file.GetMethodBody(method.RelativeVirtualAddress).GetILReader()))
            {
                if (ForeignMethod(MetadataTokens.EntityHandle(token)) is { } called)
                {
                    yield return new Call(caller, called);
                }
            }
        }
    }

    public void Dispose() => file.Dispose();

    private string? ForeignMethod(EntityHandle handle)
    {
        if (handle.Kind == HandleKind.MethodSpecification)
        {
            handle = metadata.GetMethodSpecification((MethodSpecificationHandle)handle).Method;
        }

        if (handle.Kind != HandleKind.MemberReference)
        {
            return null;
        }

        var member = metadata.GetMemberReference((MemberReferenceHandle)handle);
        return member.Parent.Kind == HandleKind.TypeReference
            ? $"{TypeName((TypeReferenceHandle)member.Parent)}.{Text(member.Name)}"
            : null;
    }

    private string TypeName(TypeReferenceHandle handle)
    {
        var type = metadata.GetTypeReference(handle);
        return type.ResolutionScope.Kind == HandleKind.TypeReference
            ? $"{TypeName((TypeReferenceHandle)type.ResolutionScope)}.{Text(type.Name)}"
            : $"{Text(type.Namespace)}.{Text(type.Name)}";
    }

    private string OutermostTypeName(TypeDefinitionHandle handle)
    {
        var type = metadata.GetTypeDefinition(handle);
        var outer = type.GetDeclaringType();
        return outer.IsNil ? $"{Text(type.Namespace)}.{Text(type.Name)}" : OutermostTypeName(outer);
    }

    private string Text(StringHandle handle) => metadata.GetString(handle);
}

/// <summary>A method of ours (<paramref name="Caller"/>, by its outermost type) uses a foreign one; both as full names.</summary>
internal sealed record Call(string Caller, string Called)
{
    public override string ToString() => $"{Caller} calls {Called}";
}
