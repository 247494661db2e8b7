using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Argosy.Cli.Client;

namespace Argosy.Cli.Tests.Client;

public sealed class KubeconfigFileTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    [Fact]
    public void CurrentContext_GivesServerTokenAndNamespace()
    {
        var connection = Load("""
            clusters: [{ name: c, cluster: { server: "https://hub.example:2746/base" } }]
            users: [{ name: u, user: { token: secret } }]
            contexts: [{ name: x, context: { cluster: c, user: u, namespace: team } }]
            current-context: x
            """).Connection(context: null);

        Assert.Equal("https://hub.example:2746/base/", connection.Address.ToString());
        Assert.Equal("Bearer secret", connection.Authorization!.ToString());
        Assert.Equal("team", connection.Namespace);
    }

    [Fact]
    public void CertificatesInTheFile_AreUsed()
    {
        using var key = RSA.Create(2048);
        using var own = new CertificateRequest("CN=me", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1)
            .CreateSelfSigned(DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddYears(100));
        folder.Write("ca.crt", own.ExportCertificatePem());
        var connection = Load($$"""
            clusters: [{ name: c, cluster: { server: "https://hub", certificate-authority: ca.crt, tls-server-name: other } }]
            users: [{ name: u, user: { client-certificate-data: {{Base64(own.ExportCertificatePem())}}, client-key-data: {{Base64(key.ExportPkcs8PrivateKeyPem())}} } }]
            contexts: [{ name: x, context: { cluster: c, user: u } }]
            current-context: x
            """).Connection(context: null);

        Assert.Equal("CN=me", connection.ClientCertificate!.Subject);
        Assert.True(connection.ClientCertificate.HasPrivateKey);
        Assert.Equal("CN=me", connection.Authorities!.Single().Subject);
        Assert.Equal("other", connection.TlsServerName);
        Assert.False(connection.SkipVerify);
    }

    [Fact]
    public void SeveralFiles_AreOne_TheFirstCounts()
    {
        var first = folder.Write("first", """
            clusters: [{ name: c, cluster: { server: "http://first" } }]
            contexts: [{ name: x, context: { cluster: c, user: u } }]
            """);
        var second = folder.Write("second", """
            clusters: [{ name: c, cluster: { server: "http://second" } }]
            users: [{ name: u, user: { username: ann, password: pw } }]
            current-context: x
            """);

        var connection = KubeconfigFile.Load([first, Path.Combine(folder.Path, "missing"), second]).Connection(context: null);

        Assert.Equal("http://first/", connection.Address.ToString());
        Assert.Equal("Basic " + Base64("ann:pw"), connection.Authorization!.ToString());
    }

    [Theory]
    [InlineData("current-context: x", "has no context \"x\"")]
    [InlineData("{}", "no current-context")]
    [InlineData("a: [", "cannot be read")]
    [InlineData("current-context: x\ncontexts: [{ name: x, context: { cluster: c } }]", "has no cluster \"c\"")]
    [InlineData("current-context: x\ncontexts: [{ name: x, context: { cluster: c } }]\nclusters: [{ name: c, cluster: { server: nowhere } }]", "not an address")]
    public void WhatIsMissing_IsSaid(string text, string expected) =>
        Assert.Contains(expected, Assert.Throws<CommandException>(() => Load(text).Connection(context: null)).Message, StringComparison.Ordinal);

    public void Dispose() => folder.Dispose();

    private KubeconfigFile Load(string text) => KubeconfigFile.Load([folder.Write("config", text)]);

    private static string Base64(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text));
}
