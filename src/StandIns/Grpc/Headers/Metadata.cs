using System.Collections;
using System.Text;

namespace Grpc.Core;

/// <summary>Headers or trailers of a call, in order. Keys may repeat; those ending in <c>-bin</c> hold bytes, all others ASCII text.</summary>
// The package's name.
#pragma warning disable CA1710
public sealed class Metadata : IList<Metadata.Entry>
#pragma warning restore CA1710
{
    public const string BinaryHeaderSuffix = "-bin";

    /// <summary>Has no entries and takes none.</summary>
    public static readonly Metadata Empty = new(isReadOnly: true);

    private readonly List<Entry> entries = [];

    public Metadata()
        : this(isReadOnly: false)
    {
    }

    private Metadata(bool isReadOnly) => IsReadOnly = isReadOnly;

    public int Count => entries.Count;

    public bool IsReadOnly { get; }

    public Entry this[int index]
    {
        get => entries[index];
        set => Writable()[index] = value;
    }

    /// <summary>The last entry of the key, as later ones override earlier ones.</summary>
    public Entry? Get(string key)
    {
        var normalized = Entry.Normalized(key);
        return entries.FindLast(entry => entry.Key == normalized);
    }

    public IEnumerable<Entry> GetAll(string key)
    {
        var normalized = Entry.Normalized(key);
        return entries.Where(entry => entry.Key == normalized);
    }

    public string? GetValue(string key) => Get(key)?.Value;

    public byte[]? GetValueBytes(string key) => Get(key)?.ValueBytes;

    public void Add(Entry item)
    {
        ArgumentNullException.ThrowIfNull(item);
        Writable().Add(item);
    }

    public void Add(string key, string value) => Add(new Entry(key, value));

    public void Add(string key, byte[] valueBytes) => Add(new Entry(key, valueBytes));

    public int IndexOf(Entry item) => entries.IndexOf(item);

    public void Insert(int index, Entry item) => Writable().Insert(index, item);

    public void RemoveAt(int index) => Writable().RemoveAt(index);

    public void Clear() => Writable().Clear();

    public bool Contains(Entry item) => entries.Contains(item);

    public void CopyTo(Entry[] array, int arrayIndex) => entries.CopyTo(array, arrayIndex);

    public bool Remove(Entry item) => Writable().Remove(item);

    public IEnumerator<Entry> GetEnumerator() => entries.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    private List<Entry> Writable() => IsReadOnly ? throw new InvalidOperationException("Object is read only") : entries;

    /// <summary>One key with its value.</summary>
    // The package's nesting.
#pragma warning disable CA1034
    public sealed class Entry
#pragma warning restore CA1034
    {
        private readonly string? text;
        private readonly byte[]? bytes;

        /// <param name="key">Lower-cased; letters, digits and <c>-_.</c> only, not ending in <c>-bin</c>.</param>
        /// <param name="value">Printable ASCII.</param>
        public Entry(string key, string value)
        {
            Key = Checked(key);
            if (IsBinary)
            {
                throw new ArgumentException($"The key '{key}' ends in {BinaryHeaderSuffix} and takes bytes.", nameof(key));
            }

            ArgumentNullException.ThrowIfNull(value);
            text = value;
        }

        /// <param name="key">As for text, but ending in <c>-bin</c>.</param>
        /// <param name="valueBytes">Any bytes; copied.</param>
        public Entry(string key, byte[] valueBytes)
        {
            Key = Checked(key);
            if (!IsBinary)
            {
                throw new ArgumentException($"The key '{key}' must end in {BinaryHeaderSuffix} to take bytes.", nameof(key));
            }

            ArgumentNullException.ThrowIfNull(valueBytes);
            bytes = [.. valueBytes];
        }

        private Entry(string key, string? text, byte[]? bytes)
        {
            Key = key;
            this.text = text;
            this.bytes = bytes;
        }

        public string Key { get; }

        /// <summary>The text. Of bytes there is none.</summary>
        /// <exception cref="InvalidOperationException">The entry holds bytes.</exception>
        public string Value => text ?? throw new InvalidOperationException("Cannot access string value of a binary metadata entry");

        public byte[] ValueBytes => bytes is null ? Encoding.ASCII.GetBytes(text!) : [.. bytes];

        public bool IsBinary => Key.EndsWith(BinaryHeaderSuffix, StringComparison.Ordinal);

        public override string ToString() => bytes is null ? $"[Entry: key={Key}, value={text}]" : $"[Entry: key={Key}, valueBytes={bytes.Length}]";

        /// <summary>What a peer sent: HTTP allows more characters in a key than we would send.</summary>
        internal static Entry Received(string key, string value) => new(Normalized(key), value, null);

        internal static Entry Received(string key, byte[] value) => new(Normalized(key), null, value);

        // Header names are lower case on the wire.
#pragma warning disable CA1308
        internal static string Normalized(string key) => key.ToLowerInvariant();
#pragma warning restore CA1308

        private static string Checked(string key)
        {
            ArgumentException.ThrowIfNullOrEmpty(key);
            var normalized = Normalized(key);
            return normalized.All(letter => letter is (>= 'a' and <= 'z') or (>= '0' and <= '9') or '-' or '_' or '.')
                ? normalized
                : throw new ArgumentException($"Metadata keys hold letters, digits, '-', '_' and '.' only; '{key}' does not keep to it.", nameof(key));
        }
    }
}
