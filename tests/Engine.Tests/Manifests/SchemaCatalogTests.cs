using Argosy.Engine.Manifests;

namespace Argosy.Engine.Tests.Manifests;

public sealed class SchemaCatalogTests
{
    [Theory]
    [InlineData("argoproj.io", "v1alpha1", "Workflow")]
    [InlineData("argoproj.io", "v1alpha1", "WorkflowTemplate")]
    [InlineData("argoproj.io", "v1alpha1", "ClusterWorkflowTemplate")]
    [InlineData("argoproj.io", "v1alpha1", "CronWorkflow")]
    [InlineData("argoproj.io", "v1alpha1", "WorkflowEventBinding")]
    [InlineData("argosy.io", "v1alpha1", "Cluster")]
    [InlineData("", "v1", "Namespace")]
    [InlineData("", "v1", "ConfigMap")]
    [InlineData("", "v1", "Secret")]
    [InlineData("", "v1", "Event")]
    [InlineData("", "v1", "Pod")]
    public void KnownKind_Find_HasTheObjectsFields(string group, string version, string kind)
    {
        var type = SchemaCatalog.Default.Find(group, version, kind);

        Assert.NotNull(type);
        Assert.All(["apiVersion", "kind", "metadata"], name => Assert.NotNull(type.Find(name)));
    }

    [Fact]
    public void EveryTypeAndField_Described()
    {
        Assert.All(SchemaCatalog.Default.Types, type => Assert.False(string.IsNullOrWhiteSpace(type.Description), type.Name));
        Assert.All(
            SchemaCatalog.Default.Types.SelectMany(type => type.Fields.Select(field => (type, field))),
            pair => Assert.True(pair.field.Description.EndsWith('.'), $"{pair.type.Name}.{pair.field.Name}: {pair.field.Description}"));
    }

    [Fact]
    public void KeysOfMapLists_AreFieldsOfTheirElements()
    {
        var catalog = SchemaCatalog.Default;
        foreach (var (type, field) in catalog.Types.SelectMany(type => type.Fields.Select(field => (type, field))))
        {
            if (field.Shape is ListShape { Semantics: ListSemantics.Map } list)
            {
                var element = catalog.Type(Assert.IsType<ReferenceShape>(list.Of).TypeName);
                Assert.All(list.Keys, key => Assert.True(element.Find(key) != null, $"{type.Name}.{field.Name}: no {key}"));
            }
        }
    }

    [Fact]
    public void TypeWithABase_HasTheBasesFieldsToo()
    {
        var script = SchemaCatalog.Default.Type("ScriptTemplate");

        Assert.NotNull(script.Find("source"));
        Assert.NotNull(script.Find("image"));
    }

    [Fact]
    public void ContainerPorts_AreToldApartByPortAndProtocol()
    {
        var ports = Assert.IsType<ListShape>(SchemaCatalog.Default.Type("Container").Find("ports")!.Shape);

        Assert.Equal(ListSemantics.Map, ports.Semantics);
        Assert.Equal(["containerPort", "protocol"], ports.Keys);
    }

    [Fact]
    public void UnknownReference_Parse_Fails()
    {
        var error = Assert.Throws<FormatException>(() => SchemaText.Parse("type A  An a.\n  b  Missing  A b."));

        Assert.Contains("A.b refers to the unknown type Missing", error.Message, StringComparison.Ordinal);
    }
}
