using Microsoft.Extensions.DependencyInjection;

namespace Grpc.AspNetCore.Server;

/// <summary>Brings a service to life for one call.</summary>
internal static class ServiceActivation<TService>
    where TService : class
{
    private static readonly Lazy<ObjectFactory<TService>> Make = new(() => ActivatorUtilities.CreateFactory<TService>([]));

    public static async Task UseAsync(IServiceProvider services, ServerCall call, Func<TService, ServerCall, Task> use)
    {
        if (services.GetService<TService>() is { } known)
        {
            await use(known, call);
            return;
        }

        var service = Make.Value(services, []);
        try
        {
            await use(service, call);
        }
        finally
        {
            switch (service)
            {
                case IAsyncDisposable disposable:
                    await disposable.DisposeAsync();
                    break;
                case IDisposable disposable:
                    disposable.Dispose();
                    break;
            }
        }
    }
}
