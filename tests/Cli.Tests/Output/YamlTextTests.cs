using System.Text.Json.Nodes;
using Argosy.Cli.Manifests;
using Argosy.Cli.Output;

namespace Argosy.Cli.Tests.Output;

public sealed class YamlTextTests
{
    [Theory]
    [InlineData("""{"a":{"b":[1,true,null,"x"]},"empty":{},"none":[]}""")]
    [InlineData("""{"text":"yes","number":"12","version":"1.10","time":"2026-01-01T00:00:00Z","blank":"","tilde":"~"}""")]
    [InlineData("""{"script":"line one\n  line two\n\nend","trailing":"line\n","tag":"{{inputs.parameters.x}}","colon":"a: b","hash":"a #b"}""")]
    [InlineData("""{"quote":"it's \"so\"","unicode":"grüße","star":"*a","at":"@b"," spaced ":" x "}""")]
    public void WhatIsWritten_ReadsBackTheSame(string json)
    {
        var tree = JsonNode.Parse(json)!.AsObject();

        var read = ManifestText.Read(YamlText.Write(tree)).Single();

        Assert.True(JsonNode.DeepEquals(tree, read), YamlText.Write(tree));
    }
}
