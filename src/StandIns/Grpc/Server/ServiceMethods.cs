using System.Reflection;
using Grpc.Core;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Grpc.AspNetCore.Server;

/// <summary>A method of a service and what answers its requests.</summary>
internal sealed record MethodRoute(IMethod Method, RequestDelegate Handler, IReadOnlyList<object> Metadata);

/// <summary>The methods of a service, which generated code tells, each bound to <typeparamref name="TService"/>'s method of that name.</summary>
internal sealed class ServiceMethods<TService> : ServiceBinderBase
    where TService : class
{
    private readonly List<MethodRoute> routes = [];
    private readonly CallSettings settings;
    private readonly TimeProvider time;
    private readonly ILogger log;

    private ServiceMethods(IServiceProvider services)
    {
        settings = CallSettings.Of<TService>(services);
        time = services.GetService<TimeProvider>() ?? TimeProvider.System;
        log = services.GetRequiredService<ILoggerFactory>().CreateLogger<TService>();
    }

    public IReadOnlyList<MethodRoute> Routes => routes;

    public static ServiceMethods<TService> Find(IServiceProvider services)
    {
        var methods = new ServiceMethods<TService>(services);
        var (bind, generated) = BindMethod();
        bind.Invoke(null, BindingFlags.DoNotWrapExceptions, null, [methods, null], null);
        return methods.routes.Count > 0 ? methods : throw new InvalidOperationException($"{generated} has no methods.");
    }

    public override void AddMethod<TRequest, TResponse>(Method<TRequest, TResponse> method, UnaryServerMethod<TRequest, TResponse>? handler)
    {
        var (answer, info) = Bind<Func<TService, TRequest, ServerCallContext, Task<TResponse>>>(
            method, typeof(TRequest), typeof(ServerCallContext));
        Add(method, info, async (service, call) =>
        {
            var request = await call.ReadSingleAsync(method.RequestMarshaller);
            await call.WriteSingleAsync(await answer(service, request, call), method.ResponseMarshaller);
        });
    }

    public override void AddMethod<TRequest, TResponse>(
        Method<TRequest, TResponse> method, ClientStreamingServerMethod<TRequest, TResponse>? handler)
    {
        var (answer, info) = Bind<Func<TService, IAsyncStreamReader<TRequest>, ServerCallContext, Task<TResponse>>>(
            method, typeof(IAsyncStreamReader<TRequest>), typeof(ServerCallContext));
        Add(method, info, async (service, call) =>
        {
            var requests = new ServerStreamReader<TRequest>(call, method.RequestMarshaller);
            await call.WriteSingleAsync(await answer(service, requests, call), method.ResponseMarshaller);
        });
    }

    public override void AddMethod<TRequest, TResponse>(
        Method<TRequest, TResponse> method, ServerStreamingServerMethod<TRequest, TResponse>? handler)
    {
        var (answer, info) = Bind<Func<TService, TRequest, IServerStreamWriter<TResponse>, ServerCallContext, Task>>(
            method, typeof(TRequest), typeof(IServerStreamWriter<TResponse>), typeof(ServerCallContext));
        Add(method, info, async (service, call) =>
        {
            var request = await call.ReadSingleAsync(method.RequestMarshaller);
            await answer(service, request, new ServerStreamWriter<TResponse>(call, method.ResponseMarshaller), call);
        });
    }

    public override void AddMethod<TRequest, TResponse>(
        Method<TRequest, TResponse> method, DuplexStreamingServerMethod<TRequest, TResponse>? handler)
    {
        var (answer, info) = Bind<Func<TService, IAsyncStreamReader<TRequest>, IServerStreamWriter<TResponse>, ServerCallContext, Task>>(
            method, typeof(IAsyncStreamReader<TRequest>), typeof(IServerStreamWriter<TResponse>), typeof(ServerCallContext));
        Add(method, info, (service, call) => answer(
            service,
            new ServerStreamReader<TRequest>(call, method.RequestMarshaller),
            new ServerStreamWriter<TResponse>(call, method.ResponseMarshaller),
            call));
    }

    private static (MethodInfo Bind, Type Generated) BindMethod()
    {
        for (var type = typeof(TService); type is not null; type = type.BaseType)
        {
            if (type.GetCustomAttribute<BindServiceMethodAttribute>(inherit: false) is { } generated)
            {
                var bind = generated.BindType.GetMethod(
                    generated.BindMethodName, BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Static, [typeof(ServiceBinderBase), type]);
                return (bind ?? throw new InvalidOperationException($"{generated.BindType} has no {generated.BindMethodName} for {type}."), type);
            }
        }

        throw new InvalidOperationException($"{typeof(TService)} derives from no generated gRPC service.");
    }

    // An open delegate: the instance comes with each call.
    private static (TDelegate Answer, MethodInfo Info) Bind<TDelegate>(IMethod method, params Type[] parameters)
        where TDelegate : Delegate
    {
        var info = typeof(TService).GetMethod(method.Name, BindingFlags.Public | BindingFlags.Instance, parameters)
            ?? throw new InvalidOperationException($"{typeof(TService)} has no method '{method.Name}' for {method.FullName}.");
        return (info.CreateDelegate<TDelegate>(), info);
    }

    private void Add(IMethod method, MethodInfo info, Func<TService, ServerCall, Task> answer)
    {
        RequestDelegate handler = async http =>
        {
            if (await ProtocolCheck.PassesAsync(http))
            {
                var call = new ServerCall(http, settings, time, log);
                await call.RunAsync(() => ServiceActivation<TService>.UseAsync(http.RequestServices, call, answer));
            }
        };
        object[] metadata =
        [
            .. typeof(TService).GetCustomAttributes(inherit: true),
            .. info.GetCustomAttributes(inherit: true),
            new HttpMethodMetadata([HttpMethods.Post], acceptCorsPreflight: true),
            new GrpcMethodMetadata(typeof(TService), method),
        ];
        routes.Add(new MethodRoute(method, handler, metadata));
    }
}
