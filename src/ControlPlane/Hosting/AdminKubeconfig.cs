using System.Text;

namespace Argosy.ControlPlane.Hosting;

/// <summary>The kubeconfig of the hub's administrator. It holds a token: only the owner may read it.</summary>
internal static class AdminKubeconfig
{
    /// <summary>Writes the file whole or not at all, and answers its path.</summary>
    public static async Task<string> WriteAsync(string dataDirectory, Uri url, string token, CancellationToken cancellationToken)
    {
        var path = Path.Combine(dataDirectory, "kubeconfig");
        var draft = path + ".new";
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        await using (var file = new FileStream(draft, options))
        {
            await file.WriteAsync(Encoding.UTF8.GetBytes(Text(url, token)), cancellationToken);
        }

        File.Move(draft, path, overwrite: true);
        return path;
    }

    private static string Text(Uri url, string token) => $$"""
        apiVersion: v1
        kind: Config
        clusters:
        - name: argosy
          cluster: { server: "{{url.ToString().TrimEnd('/')}}" }
        users:
        - name: admin
          user: { token: "{{token}}" }
        contexts:
        - name: argosy
          context: { cluster: argosy, user: admin, namespace: default }
        current-context: argosy

        """;
}
