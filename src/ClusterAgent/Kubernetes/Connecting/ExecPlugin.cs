using System.Diagnostics;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Argosy.ClusterAgent.Kubernetes.Connecting;

/// <summary>
/// A program that says who asks, as kubeconfigs of cloud providers name it (client.authentication.k8s.io). What it says is kept until it
/// runs out or the server refuses it.
/// </summary>
internal sealed class ExecPlugin(ExecPluginSpec spec, TimeProvider time) : ICredentials, IDisposable
{
    // So that what is shown is still good when it arrives.
    private static readonly TimeSpan Margin = TimeSpan.FromSeconds(30);

    private readonly SemaphoreSlim _one = new(1, 1);
    private Credential? _current;
    private DateTimeOffset _expires;

    public async ValueTask<Credential> GetAsync(bool refused, CancellationToken cancellationToken)
    {
        var shown = _current;
        if (shown is not null && !refused && time.GetUtcNow() < _expires - Margin)
        {
            return shown;
        }

        await _one.WaitAsync(cancellationToken);
        try
        {
            if (_current is null || ReferenceEquals(_current, shown)) // else another request has renewed it meanwhile
            {
                Take(Parse(await RunAsync(cancellationToken)));
            }

            return _current!;
        }
        finally
        {
            _one.Release();
        }
    }

    public void Dispose() => _one.Dispose();

    private void Take(JsonObject status)
    {
        var token = (string?)status["token"];
        _current = new Credential(token is null ? null : $"Bearer {token}", Certificate(status));
        _expires = DateTimeOffset.TryParse((string?)status["expirationTimestamp"], System.Globalization.CultureInfo.InvariantCulture, out var expires)
            ? expires
            : DateTimeOffset.MaxValue;
    }

    private X509Certificate2? Certificate(JsonObject status)
    {
        if ((string?)status["clientCertificateData"] is not { } certificate || (string?)status["clientKeyData"] is not { } key)
        {
            return null;
        }

        try
        {
            return X509Certificate2.CreateFromPem(certificate, key);
        }
        catch (CryptographicException failure)
        {
            throw new KubeconfigException($"{spec.Command} gave a client certificate that cannot be used: {failure.Message}", failure);
        }
    }

    private JsonObject Parse(string output)
    {
        try
        {
            var answer = JsonNode.Parse(output);
            if (answer?["status"] is JsonObject status && (status.ContainsKey("token") || status.ContainsKey("clientCertificateData")))
            {
                return status;
            }
        }
        catch (JsonException)
        {
            // Said below, like an answer that lacks what is wanted.
        }

        throw new KubeconfigException($"{spec.Command} did not answer with an ExecCredential that holds a token or a client certificate");
    }

    private async Task<string> RunAsync(CancellationToken cancellationToken)
    {
        var start = new ProcessStartInfo(spec.Command, spec.Arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["KUBERNETES_EXEC_INFO"] = new JsonObject
        {
            ["apiVersion"] = spec.ApiVersion, ["kind"] = "ExecCredential", ["spec"] = new JsonObject { ["interactive"] = false },
        }.ToJsonString();
        foreach (var (name, value) in spec.Environment)
        {
            start.Environment[name] = value;
        }

        using var process = Start(start);
        var error = process.StandardError.ReadToEndAsync(cancellationToken);
        try
        {
            var output = await process.StandardOutput.ReadToEndAsync(cancellationToken);
            await process.WaitForExitAsync(cancellationToken);
            return process.ExitCode == 0
                ? output
                : throw new KubeconfigException($"{spec.Command} ended with exit code {process.ExitCode}: {(await error).Trim()}");
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw;
        }
    }

    private Process Start(ProcessStartInfo start)
    {
        try
        {
            return Process.Start(start)!;
        }
        catch (Exception failure) when (failure is System.ComponentModel.Win32Exception or FileNotFoundException)
        {
            throw new KubeconfigException($"{spec.Command}, which the kubeconfig names to log in, cannot be started: {failure.Message} {spec.InstallHint}".TrimEnd(), failure);
        }
    }
}

/// <summary>The <c>exec</c> block of a kubeconfig's user.</summary>
internal sealed record ExecPluginSpec(
    string ApiVersion, string Command, IReadOnlyList<string> Arguments, IReadOnlyList<(string Name, string Value)> Environment, string InstallHint);
