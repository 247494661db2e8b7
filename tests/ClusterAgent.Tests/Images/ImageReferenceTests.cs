using Argosy.ClusterAgent.Images;

namespace Argosy.ClusterAgent.Tests.Images;

public sealed class ImageReferenceTests
{
    private const string Digest = "sha256:0123456789012345678901234567890123456789012345678901234567890123";

    [Theory]
    [InlineData("busybox", "docker.io", "library/busybox", "latest")]
    [InlineData("busybox:1.36", "docker.io", "library/busybox", "1.36")]
    [InlineData("argoproj/argosay:v2", "docker.io", "argoproj/argosay", "v2")]
    [InlineData("docker.io/busybox", "docker.io", "library/busybox", "latest")]
    [InlineData("index.docker.io/a/b", "docker.io", "a/b", "latest")]
    [InlineData("localhost/a", "localhost", "a", "latest")]
    [InlineData("localhost:5000/a/b/c:x", "localhost:5000", "a/b/c", "x")]
    [InlineData("ghcr.io/owner/image:x@" + Digest, "ghcr.io", "owner/image", Digest)]
    [InlineData("busybox@" + Digest, "docker.io", "library/busybox", Digest)]
    public void Name_IsTakenApart_AsRuntimesDo(string image, string registry, string repository, string version)
    {
        var reference = ImageReference.Parse(image);

        Assert.Equal((registry, repository, version), (reference.Registry, reference.Repository, reference.Version));
    }

    [Theory]
    [InlineData("")]
    [InlineData("Busybox")]
    [InlineData("a/../b")]
    [InlineData("a:b c")]
    [InlineData("a@sha256:zz")]
    [InlineData("ghcr.io/")]
    public void TextThatNamesNoImage_IsRefused(string image) => Assert.Throws<FormatException>(() => ImageReference.Parse(image));

    [Fact]
    public void Mirrors_AreAskedInstead_AndThisMachinesRegistriesNeedNoTls()
    {
        var mirrors = RegistryMirrors.Parse("docker.io=http://127.0.0.1:15000, ghcr.io=https://mirror.example/ghcr/");

        Assert.Equal(
            ["http://127.0.0.1:15000/", "https://mirror.example/ghcr/", "https://quay.io/", "http://localhost:5000/"],
            new[] { "docker.io", "ghcr.io", "quay.io", "localhost:5000" }.Select(registry => mirrors.AddressOf(registry).AbsoluteUri));
        Assert.Equal("https://registry-1.docker.io/", RegistryMirrors.None.AddressOf("docker.io").AbsoluteUri);
        Assert.Throws<FormatException>(() => RegistryMirrors.Parse("docker.io"));
    }

    [Fact]
    public void Credentials_AreThoseOfTheLongestPlaceThatFits()
    {
        var credentials = RegistryCredentials.Read(
        [
            """{"auths":{"https://index.docker.io/v1/":{"auth":"aHVi"},"ghcr.io":{"username":"u","password":"p"},"ghcr.io/owner":{"auth":"b3duZXI="}}}""", "no json",
        ]);

        Assert.Equal("aHVi", credentials.Find(ImageReference.Parse("busybox")));
        Assert.Equal("b3duZXI=", credentials.Find(ImageReference.Parse("ghcr.io/owner/x")));
        Assert.Equal(Convert.ToBase64String("u:p"u8), credentials.Find(ImageReference.Parse("ghcr.io/other/x")));
        Assert.Null(credentials.Find(ImageReference.Parse("quay.io/x/y")));
    }
}
