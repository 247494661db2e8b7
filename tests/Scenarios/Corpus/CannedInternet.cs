using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Argosy.Scenarios.Corpus;

/// <summary>
/// Stands for the one host on the internet that examples ask: a proxy that ends TLS itself, with a certificate that the hub is told to trust,
/// and answers what the host would.
/// </summary>
internal sealed class CannedInternet : IAsyncDisposable
{
    private const string Host = "raw.githubusercontent.com";

    /// <summary>The revision that the examples know to be there.</summary>
    private const string Known = "/4e450e250168e6b4d51a126b784e90b11a0162bc/";

    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource ends = new();
    private readonly X509Certificate2 certificate = Certificate();
    private readonly Task serving;

    public CannedInternet()
    {
        listener.Start();
        serving = ServeAsync();
    }

    /// <summary>What a process needs in its environment to go this way, given where its trusted certificate may be written.</summary>
    public Dictionary<string, string> Environment(string certificateFile)
    {
        File.WriteAllText(certificateFile, certificate.ExportCertificatePem());
        return new Dictionary<string, string>
        {
            ["HTTPS_PROXY"] = $"http://{listener.LocalEndpoint}", ["NO_PROXY"] = "127.0.0.1,localhost", ["SSL_CERT_FILE"] = certificateFile,
        };
    }

    public async ValueTask DisposeAsync()
    {
        await ends.CancelAsync();
        listener.Stop();
        await serving;
        certificate.Dispose();
        ends.Dispose();
    }

    private static X509Certificate2 Certificate()
    {
        using var key = RSA.Create(2048);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(Host);
        var request = new CertificateRequest($"CN={Host}", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        request.CertificateExtensions.Add(names.Build());
        using var made = request.CreateSelfSigned(DateTimeOffset.UnixEpoch, new DateTimeOffset(2100, 1, 1, 0, 0, 0, TimeSpan.Zero));
        return X509CertificateLoader.LoadPkcs12(made.Export(X509ContentType.Pkcs12), null);
    }

    private async Task ServeAsync()
    {
        var answers = new List<Task>();
        try
        {
            while (true)
            {
                answers.Add(AnswerAsync(await listener.AcceptTcpClientAsync(ends.Token)));
            }
        }
        catch (Exception over) when (over is OperationCanceledException or SocketException)
        {
            await Task.WhenAll(answers);
        }
    }

    private async Task AnswerAsync(TcpClient client)
    {
        using (client)
        {
            try
            {
                var plain = client.GetStream();
                await ReadHeadAsync(plain);
                await plain.WriteAsync("HTTP/1.1 200 Connection established\r\n\r\n"u8.ToArray(), ends.Token);
                await using var secure = new SslStream(plain);
                await secure.AuthenticateAsServerAsync(new SslServerAuthenticationOptions { ServerCertificate = certificate }, ends.Token);
                var (status, body) = (await ReadHeadAsync(secure)).Contains(Known, StringComparison.Ordinal) ? ("200 OK", "{}") : ("404 Not Found", "404: Not Found");
                await secure.WriteAsync(Encoding.ASCII.GetBytes($"HTTP/1.1 {status}\r\nConnection: close\r\nContent-Length: {body.Length}\r\n\r\n{body}"), ends.Token);
            }
            catch (Exception broken) when (broken is IOException or OperationCanceledException or System.Security.Authentication.AuthenticationException)
            {
                // Whoever asked has gone; what became of its node tells the test.
            }
        }
    }

    private async Task<string> ReadHeadAsync(Stream stream)
    {
        var head = new StringBuilder();
        var one = new byte[1];
        while (!head.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal) && await stream.ReadAsync(one, ends.Token) > 0)
        {
            head.Append((char)one[0]);
        }

        return head.ToString();
    }
}
