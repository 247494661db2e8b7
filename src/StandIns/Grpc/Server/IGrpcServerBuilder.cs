using Microsoft.Extensions.DependencyInjection;

namespace Grpc.AspNetCore.Server;

/// <summary>Goes on where <c>AddGrpc</c> ended.</summary>
public interface IGrpcServerBuilder
{
    IServiceCollection Services { get; }
}
