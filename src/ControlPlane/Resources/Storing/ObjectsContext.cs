using System.Data.Common;
using Argosy.ControlPlane.Storage;
using Microsoft.EntityFrameworkCore;

namespace Argosy.ControlPlane.Resources.Storing;

/// <summary>A row of the table <c>objects</c>.</summary>
internal sealed class ObjectRow
{
    public required string Kind { get; init; }

    public required string Namespace { get; init; }

    public required string Name { get; init; }

    public required string Uid { get; init; }

    public required long ResourceVersion { get; init; }

    public required string Json { get; init; }
}

/// <summary>The one row of the table <c>object_versions</c>.</summary>
internal sealed class VersionRow
{
    public int Id { get; init; }

    /// <summary>No version above this one was ever handed out.</summary>
    public long Ceiling { get; init; }
}

internal sealed class ObjectsContext(DbContextOptions<ObjectsContext> options) : DbContext(options)
{
    public DbSet<ObjectRow> Objects => Set<ObjectRow>();

    public DbSet<VersionRow> Versions => Set<VersionRow>();

    /// <summary>A context over an open connection, which stays the caller's.</summary>
    public static ObjectsContext Over(DbConnection connection, DatabaseProvider provider)
    {
        var builder = new DbContextOptionsBuilder<ObjectsContext>().UseQueryTrackingBehavior(QueryTrackingBehavior.NoTracking);
        return new ObjectsContext(provider switch
        {
            DatabaseProvider.Sqlite => builder.UseSqlite(connection).Options,
            DatabaseProvider.PostgreSql => builder.UseNpgsql(connection).Options,
        });
    }

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        modelBuilder.Entity<ObjectRow>(row =>
        {
            row.ToTable("objects").HasKey(entity => new { entity.Kind, entity.Namespace, entity.Name });
            row.Property(entity => entity.Kind).HasColumnName("kind");
            row.Property(entity => entity.Namespace).HasColumnName("namespace");
            row.Property(entity => entity.Name).HasColumnName("name");
            row.Property(entity => entity.Uid).HasColumnName("uid");
            row.Property(entity => entity.ResourceVersion).HasColumnName("resource_version");
            row.Property(entity => entity.Json).HasColumnName("json");
        });
        modelBuilder.Entity<VersionRow>(row =>
        {
            row.ToTable("object_versions").HasKey(entity => entity.Id);
            row.Property(entity => entity.Id).HasColumnName("id").ValueGeneratedNever();
            row.Property(entity => entity.Ceiling).HasColumnName("ceiling");
        });
    }
}
