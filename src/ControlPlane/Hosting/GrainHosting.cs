using Microsoft.Extensions.Hosting;
using Orleans.Hosting;

namespace Argosy.ControlPlane.Hosting;

/// <summary>Where the hub's grains live: in this process, or (built with <c>-p:Engine=Orleans</c>) in a cluster of silos.</summary>
internal static class GrainHosting
{
    public static void AddGrains(this IHostApplicationBuilder builder, HubOptions options)
    {
#if ORLEANS
        // Clustering and reminders on the hub's PostgreSQL, as Orleans' documentation has it; its tables come from Orleans' own scripts.
        var connection = options.PostgresConnection
            ?? throw new InvalidOperationException("a hub of several processes needs PostgreSQL: start it with --postgres CONNECTION");
        builder.UseOrleans(silo =>
        {
            silo.UseAdoNetClustering(clustering => (clustering.Invariant, clustering.ConnectionString) = ("Npgsql", connection));
            silo.UseAdoNetReminderService(reminders => (reminders.Invariant, reminders.ConnectionString) = ("Npgsql", connection));
            Orleans.Serialization.ProtobufSerializationHostingExtensions.AddProtobufSerializer(
                Orleans.Hosting.SiloBuilderExtensions.AddSerializer(silo));
        });
#else
        _ = options;
        builder.UseOrleans(silo => silo.UseLocalhostClustering());
#endif
    }
}
