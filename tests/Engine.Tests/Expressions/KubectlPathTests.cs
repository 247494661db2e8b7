using System.Text.Json.Nodes;
using Argosy.Engine.Expressions;
using Argosy.Engine.Expressions.KubectlPaths;

namespace Argosy.Engine.Tests.Expressions;

public sealed class KubectlPathTests
{
    private const string Pods = """
        {"kind":"List","items":[
          {"kind":"None","metadata":{"name":"127.0.0.1","labels":{"app.kubernetes.io/name":"x","tier":"a"}},"status":{"capacity":{"cpu":"4"},"restarts":1,"ready":true}},
          {"kind":"None","metadata":{"name":"127.0.0.2"},"status":{"capacity":{"cpu":"8"},"restarts":2,"ready":false,"addresses":[{"type":"A","address":"another"}]}}],
         "users":[{"name":"myself","user":{}},{"name":"e2e","user":{"username":"admin","password":"secret"}}],"big":1000000,"half":1.5,"none":null}
        """;

    [Theory]
    [InlineData("plain text", "plain text")]
    [InlineData("kind is {.kind}", "kind is List")]
    [InlineData("{@.kind}{$.kind}", "ListList")]
    [InlineData(".kind", "List")]
    [InlineData("$.items[0].metadata.name", "127.0.0.1")]
    [InlineData("{['kind']} {[\"kind\"]}", "List List")]
    [InlineData("{..name}", "127.0.0.1 127.0.0.2 myself e2e")]
    [InlineData("{.items[*].metadata.name}", "127.0.0.1 127.0.0.2")]
    [InlineData("{.users[0].name}{' '}{.users[-1].name}", "myself e2e")]
    [InlineData("{.users[0:1].name} {.users[:].name} {.users[0:2:2].name} {.users[1:1]}", "myself myself e2e myself ")]
    [InlineData("{.users[0,1].name}", "myself e2e")]
    [InlineData("{.items[*]['metadata.name', 'status.capacity']}", "127.0.0.1 127.0.0.2 {\"cpu\":\"4\"} {\"cpu\":\"8\"}")]
    [InlineData("{.items[0].metadata.labels.app\\.kubernetes\\.io/name}", "x")]
    [InlineData("{.items[0].metadata.labels['app\\.kubernetes\\.io/name']}{.items[0].metadata.labels['app.kubernetes.io/name']}", "xx")]
    [InlineData("{.users[?(@.name==\"e2e\")].user.password}", "secret")]
    [InlineData("{.users[?(@.name=='e2e')].user.password}{.users[?(@.user.username)].name}", "secrete2e")]
    [InlineData("{.items[?(@.status.restarts>1)].metadata.name} {.items[?(@.status.restarts<=1)].metadata.name}", "127.0.0.2 127.0.0.1")]
    [InlineData("{.items[?(@.status.ready==true)].metadata.name} {.items[?(@.status.ready!=true)].metadata.name}", "127.0.0.1 127.0.0.2")]
    [InlineData("{.items[?(@.status.addresses[*].type=='A')].metadata.name}", "127.0.0.2")]
    [InlineData("{range .items[*]}[{.metadata.name}, {.status.capacity}] {end}", "[127.0.0.1, {\"cpu\":\"4\"}] [127.0.0.2, {\"cpu\":\"8\"}] ")]
    [InlineData("{range .items[*]}{.metadata.name}{\"\\t\"}{.status.restarts}{\"\\n\"}{end}", "127.0.0.1\t1\n127.0.0.2\t2\n")]
    [InlineData("{range .items[*]}{range .status.addresses[*]}{.address}{end};{end}", ";another;")]
    [InlineData("{.nothing}{.nothing.more}{.users[0].nothing}", "")]
    [InlineData("{.items[1].status.*}", "[{\"address\":\"another\",\"type\":\"A\"}] {\"cpu\":\"8\"} false 2")]
    [InlineData("{.big} {.half} {.none} {.items[0].status.ready}", "1000000 1.5 <nil> true")]
    [InlineData("{ .kind }{ 'quoted' }", "Listquoted")]
    [InlineData("{.users[*]}", "{\"name\":\"myself\",\"user\":{}} {\"name\":\"e2e\",\"user\":{\"password\":\"secret\",\"username\":\"admin\"}}")]
    [InlineData("{.users[?(@.name!='e2e')].name}", "myself")]
    public void Template_RendersAsKubectl(string template, string expected) =>
        Assert.Equal(expected, KubectlPath.Parse(template).Render(JsonNode.Parse(Pods)));

    [Theory]
    [InlineData("{.items[5]}", "array index out of bounds: index 5, length 2")]
    [InlineData("{.items[0:9]}", "array index out of bounds: index 9, length 2")]
    [InlineData("{.kind[0]}", "is not array or slice")]
    [InlineData("{.kind[?(@.a)]}", "is not array or slice and cannot be filtered")]
    [InlineData("{.items[?(@.metadata.labels.*==1)]}", "can only compare one element at a time")]
    public void TemplateThatDoesNotFit_Fails(string template, string message) => Assert.Contains(
        message, Assert.Throws<ExpressionException>(() => KubectlPath.Parse(template).Render(JsonNode.Parse(Pods))).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("{.kind", "unclosed action at character 7")]
    [InlineData("{.items[}", "at character 9")]
    [InlineData("{kind}", "unrecognized \"k\" at character 2")]
    [InlineData("{range .items[*]}{.kind}", "unterminated range")]
    [InlineData("{.kind}{end}", "nothing to end")]
    [InlineData("{.items[?(@.a==1]}", "expected \")]\"")]
    [InlineData("{.items['a]}", "unterminated quoted string")]
    [InlineData("{'a}", "unterminated quoted string")]
    [InlineData("{.items[0:1:0]}", "step must be > 0")]
    [InlineData("{.items[a]}", "invalid array index")]
    public void BrokenTemplate_IsRefused(string template, string message) =>
        Assert.Contains(message, Assert.Throws<ExpressionException>(() => KubectlPath.Parse(template)).Message, StringComparison.Ordinal);
}
