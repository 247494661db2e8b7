using System.CommandLine;
using System.Net;
using Argosy.Cli.Commands;
using Argosy.ControlPlane.Access;

namespace Argosy.Cli.Hub;

/// <summary>The options by which a hub speaks TLS. Beyond loopback it always does: the administrator's token crosses the network.</summary>
internal sealed class TlsOptionsOfCommand
{
    private readonly Option<bool?> enabled = new("--tls")
    {
        Description = "serve with TLS; default: on loopback no, elsewhere always",
    };

    private readonly Option<string[]> names = new("--tls-san")
    {
        Description = "a DNS name or address that clients know the hub by; may be repeated, the first is the kubeconfig's",
        AllowMultipleArgumentsPerToken = true,
        DefaultValueFactory = _ => [],
    };

    private readonly Option<string?> certificate = CommandOptions.Text("--tls-cert", "PEM file with your own certificate; default: the hub issues one");
    private readonly Option<string?> key = CommandOptions.Text("--tls-key", "PEM file with the key of --tls-cert");

    public IEnumerable<Symbol> Symbols => [enabled, names, certificate, key];

    /// <exception cref="CommandException">The options contradict each other.</exception>
    public TlsOptions? Read(ParseResult parsed, IPEndPoint address)
    {
        var options = new TlsOptions
        {
            Names = parsed.GetValue(names)!,
            CertificateFile = parsed.GetValue(certificate),
            KeyFile = parsed.GetValue(key),
        };
        if ((options.CertificateFile is null) != (options.KeyFile is null))
        {
            throw new CommandException("--tls-cert and --tls-key go together: name both, or neither for a certificate of the hub's own");
        }

        var asked = options.CertificateFile is not null || options.Names.Count > 0;
        var isLoopback = IPAddress.IsLoopback(address.Address);
        return parsed.GetValue(enabled) switch
        {
            false when asked => throw new CommandException("--tls false contradicts --tls-cert and --tls-san"),
            false when !isLoopback => throw new CommandException(
                $"--tls false: on {address} the administrator's token would cross the network in the clear. Leave it out, or listen on 127.0.0.1"),
            false => null,
            null when isLoopback && !asked => null,
            _ => options,
        };
    }
}
