using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Argosy.ControlPlane.Access;
using Argosy.ControlPlane.Hosting;
using Argosy.ControlPlane.Tests.Resources;

namespace Argosy.ControlPlane.Tests.Access;

public sealed class TlsTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("argosy-tls-").FullName;
    private readonly SettableTime time = new(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public async Task Hub_WithTls_ServesAStockKubectl_WithNothingButItsKubeconfig()
    {
        var options = new HubOptions { DataDirectory = folder, ListenAddress = new(IPAddress.Loopback, 0), Tls = new TlsOptions() };
        await using var hub = await HubHost.StartAsync(options, TestContext.Current.CancellationToken);

        var namespaces = await Kubectl.With(folder, hub.KubeconfigPath).RunAsync("get", "namespaces", "-o", "name");

        Assert.Equal("https", hub.Url.Scheme);
        Assert.Contains("namespace/default", namespaces.Succeeded(), StringComparison.Ordinal);
        Assert.DoesNotContain("@", File.ReadAllText(hub.KubeconfigPath), StringComparison.Ordinal); // no password in the address
    }

    [Fact]
    public async Task Hub_WithoutTls_RefusesToBeHeardBeyondThisMachine()
    {
        var options = new HubOptions { DataDirectory = folder, ListenAddress = new(IPAddress.Any, 0) };

        var refusal = await Assert.ThrowsAsync<ArgumentException>(() => HubHost.StartAsync(options, TestContext.Current.CancellationToken));

        Assert.Contains("without TLS", refusal.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("localhost")]
    [InlineData("hub.example")]
    [InlineData("127.0.0.1")]
    [InlineData("10.1.2.3")]
    [InlineData("10.9.9.9")]
    public void IssuedCertificate_IsTrustedThroughTheAuthority_ForEachOfItsNames(string name)
    {
        using var authority = CertificateAuthority.Open(folder, time.Now);
        using var server = new ServerCertificate(
            new TlsOptions { Names = ["hub.example", "10.1.2.3"] }, authority, IPAddress.Parse("10.9.9.9"), time);

        Assert.True(server.Current.MatchesHostname(name));
        Assert.True(IsTrusted(server.Current, authority));
        Assert.False(server.Current.MatchesHostname("elsewhere.example"));
    }

    [Fact]
    public void IssuedCertificate_AtHalfItsLife_IsIssuedAnew()
    {
        using var authority = CertificateAuthority.Open(folder, time.Now);
        using var server = new ServerCertificate(new TlsOptions(), authority, IPAddress.Loopback, time);
        var first = server.Current.SerialNumber;

        time.Now += TimeSpan.FromDays(44);
        Assert.Equal(first, server.Current.SerialNumber);
        time.Now += TimeSpan.FromDays(2);
        Assert.NotEqual(first, server.Current.SerialNumber);
    }

    [Fact]
    public void OperatorsCertificate_IsShown_AndReadAgainWhenItsFilesChange()
    {
        using var authority = CertificateAuthority.Open(folder, time.Now);
        var options = new TlsOptions { CertificateFile = Path.Combine(folder, "own.crt"), KeyFile = Path.Combine(folder, "own.key") };
        WriteOwn(options, "CN=first", 1);
        using var server = new ServerCertificate(options, authority, IPAddress.Loopback, time);
        Assert.Equal("CN=first", server.Current.Subject);

        File.WriteAllText(options.CertificateFile, "half a cert");
        File.SetLastWriteTimeUtc(options.CertificateFile, DateTime.UnixEpoch.AddYears(57));
        Assert.Equal("CN=first", server.Current.Subject); // what cannot be used does not replace what can
        WriteOwn(options, "CN=second", 58);
        Assert.Equal("CN=second", server.Current.Subject);
    }

    [Fact]
    public void Authority_OpenedAgain_IsTheSame_AndItsKeyIsItsOwners()
    {
        using var first = CertificateAuthority.Open(folder, time.Now);
        using var again = CertificateAuthority.Open(folder, time.Now.AddYears(1));

        Assert.Equal(first.CertificatePem, again.CertificatePem);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Path.Combine(folder, "ca.key")));
    }

    [Fact]
    public void Authority_WhoseKeyIsGone_IsNotReplacedBehindTheOperatorsBack()
    {
        CertificateAuthority.Open(folder, time.Now).Dispose();
        File.Delete(Path.Combine(folder, "ca.key"));

        var refusal = Assert.Throws<InvalidDataException>(() => CertificateAuthority.Open(folder, time.Now));

        Assert.Contains("from a backup", refusal.Message, StringComparison.Ordinal);
    }

    private bool IsTrusted(X509Certificate2 certificate, CertificateAuthority authority)
    {
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.VerificationTime = time.Now.UtcDateTime;
        chain.ChainPolicy.CustomTrustStore.ImportFromPem(authority.CertificatePem);
        return chain.Build(certificate);
    }

    private static void WriteOwn(TlsOptions options, string subject, int years)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var made = new CertificateRequest(subject, key, HashAlgorithmName.SHA256)
            .CreateSelfSigned(DateTimeOffset.UnixEpoch.AddYears(50), DateTimeOffset.UnixEpoch.AddYears(70));
        File.WriteAllText(options.CertificateFile!, made.ExportCertificatePem());
        File.WriteAllText(options.KeyFile!, key.ExportPkcs8PrivateKeyPem());
        File.SetLastWriteTimeUtc(options.CertificateFile!, DateTime.UnixEpoch.AddYears(years));
        File.SetLastWriteTimeUtc(options.KeyFile!, DateTime.UnixEpoch.AddYears(years));
    }
}
