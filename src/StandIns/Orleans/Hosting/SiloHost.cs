using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Orleans.Runtime;
using Orleans.Runtime.ReminderService;

namespace Orleans.Hosting;

/// <summary>
/// The silo's life with its host: reminders and sweeping at start; at stop, every activation gets its <c>OnDeactivateAsync</c>.
/// </summary>
internal sealed class SiloHost(GrainRuntime runtime, Sweeper sweeper, IServiceProvider services) : IHostedService
{
    private readonly LocalReminderService? reminders = services.GetService<LocalReminderService>();

    public Task StartAsync(CancellationToken cancellationToken)
    {
        sweeper.Start();
        return reminders?.StartAsync(cancellationToken) ?? Task.CompletedTask;
    }

    /// <summary>Waits for the activations no longer than the host does (<c>HostOptions.ShutdownTimeout</c>).</summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        if (reminders is not null)
        {
            await reminders.StopAsync(cancellationToken);
        }

        runtime.Catalog.Close();
        var open = runtime.Catalog.Activations.ToArray();
        foreach (var activation in open)
        {
            activation.Deactivate(new(DeactivationReasonCode.ShuttingDown, "The silo stops."), cancellationToken);
        }

        try
        {
            await Task.WhenAll(open.Select(activation => activation.Deactivated)).WaitAsync(cancellationToken);
        }
        catch (OperationCanceledException)
        {
            runtime.Log.StopCutShort(open.Count(activation => !activation.Deactivated.IsCompleted));
        }

        sweeper.Dispose();
    }
}
