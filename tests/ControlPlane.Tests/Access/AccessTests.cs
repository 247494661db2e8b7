using System.Net.Http.Headers;
using System.Text;
using Argosy.ControlPlane.Access;
using Argosy.ControlPlane.Tests.Resources;

namespace Argosy.ControlPlane.Tests.Access;

public sealed class AccessTests
{
    [Theory]
    [InlineData("/healthz", 200)]
    [InlineData("/livez", 200)]
    [InlineData("/readyz", 200)]
    [InlineData("/version", 200)]
    [InlineData("/api", 401)]
    [InlineData("/openapi/v3", 401)]
    [InlineData("/healthz/../api", 401)]
    [InlineData(HubApi.Workflows, 401)]
    [InlineData("/nothing/here", 401)]
    public async Task RequestWithoutAToken_IsRefused_UnlessThePathIsOpen(string path, int code)
    {
        await using var hub = await HubApi.StartAsync();
        hub.Client.DefaultRequestHeaders.Authorization = null;
        Assert.Equal(code, (await hub.GetAsync(path)).Code);
    }

    [Fact]
    public async Task WrongToken_IsRefusedWithAStatus()
    {
        await using var hub = await HubApi.StartAsync();
        hub.Client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", hub.Token[..^1]);
        var answer = await hub.GetAsync("/api");
        Assert.Equal((401, "Unauthorized", "Status"), (answer.Code, answer.Reason, (string?)answer.Json["kind"]));
    }

    [Theory]
    [InlineData("admin", true)]
    [InlineData("someone", false)]
    public async Task TokenAsPassword_IsTheAdminsOnly(string user, bool accepted)
    {
        await using var hub = await HubApi.StartAsync();
        var credentials = Convert.ToBase64String(Encoding.UTF8.GetBytes($"{user}:{hub.Token}"));
        hub.Client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Basic", credentials);
        Assert.Equal(accepted ? 200 : 401, (await hub.GetAsync("/api")).Code);
    }

    [Fact]
    public void Token_OpenedAgain_IsTheSame_AndReadableByItsOwnerOnly()
    {
        var folder = Directory.CreateTempSubdirectory("argosy-access-");
        try
        {
            var token = AdminToken.Open(folder.FullName).Value;
            Assert.Equal(64, token.Length);
            Assert.Equal(token, AdminToken.Open(folder.FullName).Value);
            var kubeconfig = Path.Combine(folder.FullName, "kubeconfig");
            Kubeconfig.Write(kubeconfig, new Uri("https://hub.example:1234"), token);
            Assert.Contains("server: \"https://hub.example:1234\"", File.ReadAllText(kubeconfig), StringComparison.Ordinal);
            foreach (var file in folder.GetFiles())
            {
                Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, file.UnixFileMode);
            }
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}
