using System.IO.Compression;
using Grpc.Net.Compression;
using Grpc.Wire;

namespace Grpc.AspNetCore.Server;

/// <summary>How services answer.</summary>
public class GrpcServiceOptions
{
    /// <summary>In bytes; none for no limit. Default: none.</summary>
    public int? MaxSendMessageSize { get; set; }

    /// <summary>In bytes; none for no limit. Default: 4 MiB.</summary>
    public int? MaxReceiveMessageSize { get; set; } = 4 * 1024 * 1024;

    /// <summary>Whether callers are told the text of exceptions that handlers did not mean for them. Default: no.</summary>
    public bool? EnableDetailedErrors { get; set; }

    /// <summary>Default: gzip.</summary>
    // The package lets hosts replace the list.
#pragma warning disable CA2227
    public IList<ICompressionProvider> CompressionProviders { get; set; } = Encodings.Defaults();
#pragma warning restore CA2227

    /// <summary>The encoding of responses to callers that accept it. Default: none.</summary>
    public string? ResponseCompressionAlgorithm { get; set; }

    public CompressionLevel? ResponseCompressionLevel { get; set; }

    /// <summary>Whether calls of services that are not here are left to the rest of the application. Default: they are answered as Unimplemented.</summary>
    public bool? IgnoreUnknownServices { get; set; }
}

/// <summary>How one service answers; whatever is not set is as for all.</summary>
/// <typeparam name="TService">The service.</typeparam>
public class GrpcServiceOptions<TService> : GrpcServiceOptions
    where TService : class;
