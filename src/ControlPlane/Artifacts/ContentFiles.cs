using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Argosy.ControlPlane.Artifacts;

/// <summary>Which bytes a key names; the content of a key's file.</summary>
internal sealed record ContentKey(string Namespace, string Key, string Digest, long Size);

/// <summary>
/// The embedded store's files. Equal bytes are stored once:
/// <code>
/// sha256/ab/DIGEST          the bytes
/// keys/cd/KEYHASH           which digest a (namespace, key) names, as JSON
/// uses/ab/DIGEST-KEYHASH    empty: this key uses that digest
/// unsettled/DIGEST-KEYHASH  empty: whether this key uses that digest is being changed
/// incoming/…                bytes on their way in
/// </code>
/// A use is on disk before its key is, and goes after it, so a key never names bytes that are gone. What a crash leaves behind is marked
/// unsettled and is cleared when the store is opened again.
/// </summary>
internal sealed class ContentFiles
{
    private const int Stripes = 64;

    private readonly string folder;

    // Whoever holds a key's lock may take one digest's lock, never the other way round.
    private readonly Lock[] keyLocks = NewLocks();
    private readonly Lock[] digestLocks = NewLocks();

    // Keys are hashed on disk; who asks what lies below one needs them in order. Read from disk when first asked for.
    private readonly Lock indexGate = new();
    private SortedSet<(string Namespace, string Key)>? index;

    private ContentFiles(string folder) => this.folder = folder;

    public static ContentFiles Open(string folder)
    {
        var files = new ContentFiles(folder);
        foreach (var name in new[] { "sha256", "keys", "uses", "unsettled", "incoming" })
        {
            Directory.CreateDirectory(Path.Combine(folder, name));
        }

        files.Recover();
        return files;
    }

    /// <summary>A new file for bytes on their way in; it is the caller's until committed.</summary>
    public string Incoming() => Path.Combine(folder, "incoming", Guid.NewGuid().ToString("N"));

    public ContentKey? Find(string @namespace, string key) => ReadKey(KeyPath(KeyHash(@namespace, key)));

    /// <summary>The keys of a namespace that begin with a prefix, in order.</summary>
    public IReadOnlyList<string> KeysBelow(string @namespace, string prefix)
    {
        lock (indexGate)
        {
            index ??= ReadIndex();
            List<string> found = [];
            foreach (var (_, key) in index.GetViewBetween((@namespace, prefix), (@namespace, prefix + char.MaxValue)))
            {
                if (key.StartsWith(prefix, StringComparison.Ordinal))
                {
                    found.Add(key);
                }
            }

            return found;
        }
    }

    /// <summary>Opens the bytes a key names; null where it names none.</summary>
    public FileStream? OpenContent(string @namespace, string key)
    {
        var missing = "";
        while (true)
        {
            if (Find(@namespace, key) is not { } found || found.Digest == missing)
            {
                return null;
            }

            try
            {
                return new FileStream(
                    ContentPath(found.Digest), FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, bufferSize: 1, useAsync: true);
            }
            catch (IOException missingNow) when (missingNow is FileNotFoundException or DirectoryNotFoundException)
            {
                missing = found.Digest; // the key has moved on since it was read: look again
            }
        }
    }

    /// <summary>Makes the key name the incoming file's bytes, which are flushed to disk already.</summary>
    public void Commit(ContentKey key, string incoming)
    {
        var hash = KeyHash(key.Namespace, key.Key);
        lock (LockOf(keyLocks, hash))
        {
            var old = ReadKey(KeyPath(hash));
            MarkUnsettled(key.Digest, hash);
            lock (LockOf(digestLocks, key.Digest))
            {
                DurableFiles.CreateEmpty(UsePath(key.Digest, hash));
                if (File.Exists(ContentPath(key.Digest)))
                {
                    File.Delete(incoming);
                }
                else
                {
                    DurableFiles.Publish(incoming, ContentPath(key.Digest));
                }
            }

            if (old is not null && old.Digest != key.Digest)
            {
                MarkUnsettled(old.Digest, hash);
            }

            DurableFiles.Write(Incoming(), KeyPath(hash), JsonSerializer.SerializeToUtf8Bytes(key));
            lock (indexGate)
            {
                index?.Add((key.Namespace, key.Key));
            }

            Settle(key.Digest, hash);
            if (old is not null && old.Digest != key.Digest)
            {
                DurableFiles.Delete(UsePath(old.Digest, hash));
                Settle(old.Digest, hash);
            }
        }
    }

    public void Remove(string @namespace, string key)
    {
        var hash = KeyHash(@namespace, key);
        lock (LockOf(keyLocks, hash))
        {
            if (ReadKey(KeyPath(hash)) is not { } old)
            {
                return;
            }

            MarkUnsettled(old.Digest, hash);
            DurableFiles.Delete(KeyPath(hash));
            lock (indexGate)
            {
                index?.Remove((@namespace, key));
            }

            DurableFiles.Delete(UsePath(old.Digest, hash));
            Settle(old.Digest, hash);
        }
    }

    private SortedSet<(string Namespace, string Key)> ReadIndex() => new(
        Directory.EnumerateFiles(Path.Combine(folder, "keys"), "*", SearchOption.AllDirectories)
            .Select(ReadKey).OfType<ContentKey>().Select(key => (key.Namespace, key.Key)),
        Comparer<(string Namespace, string Key)>.Create((one, other) =>
            string.CompareOrdinal(one.Namespace, other.Namespace) is var order and not 0 ? order : string.CompareOrdinal(one.Key, other.Key)));

    /// <summary>Removes the bytes if nothing uses them.</summary>
    private void Settle(string digest, string hash)
    {
        lock (LockOf(digestLocks, digest))
        {
            // A process killed before the first bytes of their folder came in leaves no folder to delete from.
            if (!UsesOf(digest).Any() && File.Exists(ContentPath(digest)))
            {
                File.Delete(ContentPath(digest));
            }

            File.Delete(UnsettledPath(digest, hash));
        }
    }

    private void Recover()
    {
        foreach (var abandoned in Directory.EnumerateFiles(Path.Combine(folder, "incoming")))
        {
            File.Delete(abandoned);
        }

        foreach (var unsettled in Directory.GetFiles(Path.Combine(folder, "unsettled")))
        {
            var (digest, hash) = Path.GetFileName(unsettled).Split('-') switch { var parts => (parts[0], parts[1]) };
            if (ReadKey(KeyPath(hash))?.Digest != digest)
            {
                DurableFiles.Delete(UsePath(digest, hash));
            }

            Settle(digest, hash);
        }
    }

    private void MarkUnsettled(string digest, string hash) => File.WriteAllBytes(UnsettledPath(digest, hash), []);

    private IEnumerable<string> UsesOf(string digest)
    {
        var uses = Path.GetDirectoryName(UsePath(digest, ""))!;
        return Directory.Exists(uses) ? Directory.EnumerateFiles(uses, $"{digest}-*") : [];
    }

    private string ContentPath(string digest) => Path.Combine(folder, "sha256", digest[..2], digest);

    private string KeyPath(string hash) => Path.Combine(folder, "keys", hash[..2], hash);

    private string UsePath(string digest, string hash) => Path.Combine(folder, "uses", digest[..2], $"{digest}-{hash}");

    private string UnsettledPath(string digest, string hash) => Path.Combine(folder, "unsettled", $"{digest}-{hash}");

    private static ContentKey? ReadKey(string path)
    {
        try
        {
            return JsonSerializer.Deserialize<ContentKey>(File.ReadAllBytes(path));
        }
        catch (IOException missing) when (missing is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }

    // Keys may be of any length and hold anything; as file names they are hashed, with a separator that no namespace holds.
    private static string KeyHash(string @namespace, string key) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{@namespace}\n{key}")));

    private static Lock LockOf(Lock[] locks, string hexadecimal) => locks[Convert.ToInt32(hexadecimal[^2..], 16) % Stripes];

    private static Lock[] NewLocks() => [.. Enumerable.Range(0, Stripes).Select(_ => new Lock())];
}
