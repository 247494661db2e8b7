using Grpc.Wire;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Grpc.AspNetCore.Server;

/// <summary>The options of a service, as its calls use them.</summary>
internal sealed record CallSettings(GrpcServiceOptions Options, Encodings Encodings)
{
    public static CallSettings Of<TService>(IServiceProvider services)
        where TService : class
    {
        var own = services.GetServices<IConfigureOptions<GrpcServiceOptions<TService>>>().Any();
        return From(own
            ? services.GetRequiredService<IOptions<GrpcServiceOptions<TService>>>().Value
            : services.GetRequiredService<IOptions<GrpcServiceOptions>>().Value);
    }

    public static CallSettings From(GrpcServiceOptions options) => new(options, new Encodings(options.CompressionProviders));
}

/// <summary>The options of one service begin as those of all.</summary>
// The container makes it.
#pragma warning disable CA1812
internal sealed class OptionsOfOneService<TService>(IOptions<GrpcServiceOptions> general) : IConfigureOptions<GrpcServiceOptions<TService>>
#pragma warning restore CA1812
    where TService : class
{
    public void Configure(GrpcServiceOptions<TService> options)
    {
        var start = general.Value;
        options.MaxSendMessageSize = start.MaxSendMessageSize;
        options.MaxReceiveMessageSize = start.MaxReceiveMessageSize;
        options.EnableDetailedErrors = start.EnableDetailedErrors;
        options.CompressionProviders = [.. start.CompressionProviders];
        options.ResponseCompressionAlgorithm = start.ResponseCompressionAlgorithm;
        options.ResponseCompressionLevel = start.ResponseCompressionLevel;
        options.IgnoreUnknownServices = start.IgnoreUnknownServices;
    }
}
