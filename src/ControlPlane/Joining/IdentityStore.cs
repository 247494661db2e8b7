using System.Data.Common;
using Argosy.ControlPlane.Storage;

namespace Argosy.ControlPlane.Joining;

/// <summary>Tickets, certificates and the Kubernetes clusters behind them, at rest.</summary>
internal sealed class IdentityStore(HubDatabase database)
{
    /// <summary>How long it can be told why a ticket or a certificate is of no use any more.</summary>
    private static readonly TimeSpan Memory = TimeSpan.FromDays(30);

    /// <summary>Keeps a new ticket of the cluster; those before it that were not spent are void.</summary>
    public async Task SaveTicketAsync(string hash, string clusterUid, DateTimeOffset expires, DateTimeOffset now, CancellationToken cancellationToken)
    {
        await using var writing = await BeginAsync(cancellationToken);
        await writing.ExecuteAsync("DELETE FROM join_tickets WHERE expires_at < @old", cancellationToken, ("old", Seconds(now - Memory)));
        await writing.ExecuteAsync(
            "UPDATE join_tickets SET voided_at = @now WHERE cluster_uid = @uid AND used_at IS NULL AND voided_at IS NULL",
            cancellationToken, ("now", Seconds(now)), ("uid", clusterUid));
        await writing.ExecuteAsync(
            "INSERT INTO join_tickets (hash, cluster_uid, expires_at) VALUES (@hash, @uid, @expires)",
            cancellationToken, ("hash", hash), ("uid", clusterUid), ("expires", Seconds(expires)));
        await writing.CommitAsync(cancellationToken);
    }

    public async Task<StoredTicket?> FindTicketAsync(string hash, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenAsync(cancellationToken);
        await using var command = connection.CreateCommand();
        command.CommandText = "SELECT cluster_uid, expires_at, voided_at, used_by FROM join_tickets WHERE hash = @hash";
        command.AddParameter("hash", hash);
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        return await row.ReadAsync(cancellationToken)
            ? new StoredTicket(row.GetString(0), Time(row.GetInt64(1)), !row.IsDBNull(2), row.IsDBNull(3) ? null : row.GetString(3))
            : null;
    }

    /// <summary>
    /// Spends the ticket for a key, binds the cluster to the Kubernetes cluster it joins from and keeps the certificate: all of it or nothing.
    /// Of several at once, one wins. Spending it again for the same key is the same spending.
    /// </summary>
    public async Task<Admission> AdmitAsync(
        string ticketHash, string keyHash, Membership membership, StoredCertificate certificate, DateTimeOffset now, CancellationToken cancellationToken)
    {
        await using var writing = await BeginAsync(cancellationToken);
        var spent = await writing.ExecuteAsync(
            """
            UPDATE join_tickets SET used_at = coalesce(used_at, @now), used_by = @key
            WHERE hash = @hash AND cluster_uid = @uid AND voided_at IS NULL AND expires_at > @now AND (used_at IS NULL OR used_by = @key)
            """,
            cancellationToken, ("now", Seconds(now)), ("key", keyHash), ("hash", ticketHash), ("uid", membership.ClusterUid));
        if (spent == 0)
        {
            return Admission.TicketSpent;
        }

        await writing.ExecuteAsync(
            """
            INSERT INTO cluster_members (cluster_uid, cluster, member_uid) VALUES (@uid, @cluster, @member)
            ON CONFLICT (cluster_uid) DO UPDATE SET member_uid = coalesce(cluster_members.member_uid, excluded.member_uid)
            """,
            cancellationToken, ("uid", membership.ClusterUid), ("cluster", membership.Cluster), ("member", membership.MemberUid));
        var same = await writing.ExecuteAsync(
            "UPDATE cluster_members SET cluster = @cluster WHERE cluster_uid = @uid AND member_uid = @member",
            cancellationToken, ("uid", membership.ClusterUid), ("cluster", membership.Cluster), ("member", membership.MemberUid));
        if (same == 0)
        {
            return Admission.OtherMember; // nothing is committed: the ticket is still good where the cluster is
        }

        await writing.InsertAsync(certificate, cancellationToken);
        await writing.CommitAsync(cancellationToken);
        return Admission.Admitted;
    }

    /// <summary>Keeps a further certificate; false when those of the cluster were revoked meanwhile.</summary>
    public async Task<bool> RenewAsync(string serial, StoredCertificate next, DateTimeOffset now, CancellationToken cancellationToken)
    {
        await using var writing = await BeginAsync(cancellationToken);
        await writing.ExecuteAsync("DELETE FROM agent_certificates WHERE not_after < @old", cancellationToken, ("old", Seconds(now - Memory)));
        // Changes nothing: it holds the row, so that a revocation comes before all of this or after it.
        var valid = await writing.ExecuteAsync(
            "UPDATE agent_certificates SET revoked_at = NULL WHERE serial = @serial AND cluster_uid = @uid AND revoked_at IS NULL",
            cancellationToken, ("serial", serial), ("uid", next.ClusterUid));
        if (valid == 0)
        {
            return false;
        }

        await writing.InsertAsync(next, cancellationToken);
        await writing.CommitAsync(cancellationToken);
        return true;
    }

    /// <summary>The certificate with this serial and the cluster that it was issued to.</summary>
    public async Task<KnownCertificate?> FindCertificateAsync(string serial, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenAsync(cancellationToken);
        await using var command = connection.CreateCommand();
        command.CommandText = """
            SELECT c.cluster_uid, m.cluster, m.member_uid, c.revoked_at
            FROM agent_certificates c JOIN cluster_members m ON m.cluster_uid = c.cluster_uid WHERE c.serial = @serial
            """;
        command.AddParameter("serial", serial);
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        return await row.ReadAsync(cancellationToken)
            ? new KnownCertificate(row.GetString(0), row.GetString(1), row.IsDBNull(2) ? null : row.GetString(2), !row.IsDBNull(3))
            : null;
    }

    /// <summary>The Kubernetes cluster that joined as this one; null when none did.</summary>
    public async Task<string?> FindMemberAsync(string clusterUid, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenAsync(cancellationToken);
        await using var command = connection.CreateCommand();
        command.CommandText = "SELECT member_uid FROM cluster_members WHERE cluster_uid = @uid";
        command.AddParameter("uid", clusterUid);
        return await command.ExecuteScalarAsync(cancellationToken) as string;
    }

    /// <summary>Makes every certificate and ticket of the cluster useless; another Kubernetes cluster may join in its place.</summary>
    public async Task RevokeAsync(string clusterUid, DateTimeOffset now, CancellationToken cancellationToken)
    {
        await using var writing = await BeginAsync(cancellationToken);
        await writing.ExecuteAsync(
            "UPDATE agent_certificates SET revoked_at = @now WHERE cluster_uid = @uid AND revoked_at IS NULL",
            cancellationToken, ("now", Seconds(now)), ("uid", clusterUid));
        await writing.ExecuteAsync(
            "UPDATE join_tickets SET voided_at = @now WHERE cluster_uid = @uid AND voided_at IS NULL",
            cancellationToken, ("now", Seconds(now)), ("uid", clusterUid));
        await writing.ExecuteAsync(
            "UPDATE cluster_members SET member_uid = NULL WHERE cluster_uid = @uid", cancellationToken, ("uid", clusterUid));
        await writing.CommitAsync(cancellationToken);
    }

    private static long Seconds(DateTimeOffset time) => time.ToUnixTimeSeconds();

    private static DateTimeOffset Time(long seconds) => DateTimeOffset.FromUnixTimeSeconds(seconds);

    private async Task<Writing> BeginAsync(CancellationToken cancellationToken)
    {
        var connection = await database.OpenAsync(cancellationToken);
        WriteTurn turn = default;
        try
        {
            turn = await database.TakeWriteTurnAsync(cancellationToken);
            return new Writing(connection, turn, await connection.BeginTransactionAsync(cancellationToken));
        }
        catch
        {
            turn.Dispose(); // whoever goes away must not keep everybody else from writing
            await connection.DisposeAsync();
            throw;
        }
    }

    /// <summary>One transaction; what was not committed has not happened.</summary>
    private sealed class Writing(DbConnection connection, WriteTurn turn, DbTransaction transaction) : IAsyncDisposable
    {
        public async Task<int> ExecuteAsync(string sql, CancellationToken cancellationToken, params (string Name, object? Value)[] values)
        {
            await using var command = connection.CreateCommand();
            command.Transaction = transaction;
#pragma warning disable CA2100 // this file's own texts
            command.CommandText = sql;
#pragma warning restore CA2100
            foreach (var (name, value) in values)
            {
                command.AddParameter(name, value);
            }

            return await command.ExecuteNonQueryAsync(cancellationToken);
        }

        public Task InsertAsync(StoredCertificate certificate, CancellationToken cancellationToken) => ExecuteAsync(
            "INSERT INTO agent_certificates (serial, cluster_uid, not_after) VALUES (@serial, @uid, @until)",
            cancellationToken, ("serial", certificate.Serial), ("uid", certificate.ClusterUid), ("until", Seconds(certificate.NotAfter)));

        public Task CommitAsync(CancellationToken cancellationToken) => transaction.CommitAsync(cancellationToken);

        public async ValueTask DisposeAsync()
        {
            await transaction.DisposeAsync();
            turn.Dispose();
            await connection.DisposeAsync();
        }
    }
}
