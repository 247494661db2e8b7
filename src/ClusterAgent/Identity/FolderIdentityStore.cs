using System.Text.Json;
using System.Text.Json.Serialization;

namespace Argosy.ClusterAgent.Identity;

/// <summary>
/// A folder with a file for each entry, for agents outside of a cluster. Files are their owner's alone. A write of several is noted down first,
/// and a note that is found is carried out before anything is read: all of them change, or none.
/// </summary>
internal sealed class FolderIdentityStore(string folder) : IIdentityStore
{
    private const string Note = ".writing";

    public string Place => $"folder {folder}";

    public async Task<IdentityEntries> ReadAsync(CancellationToken cancellationToken)
    {
        try
        {
            await CarryOutNoteAsync(cancellationToken);
            Dictionary<string, string> texts = new(StringComparer.Ordinal);
            foreach (var file in Directory.EnumerateFiles(folder).Where(file => !Path.GetFileName(file).StartsWith('.')))
            {
                texts[Path.GetFileName(file)] = await File.ReadAllTextAsync(file, cancellationToken);
            }

            return new IdentityEntries(texts, "");
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or JsonException)
        {
            throw new IdentityStoreException(
                $"{Place} cannot be read: {failure.Message} It must hold the ticket and hub-ca.crt of `argosy cluster join-manifest`.", failure);
        }
    }

    public async Task WriteAsync(IdentityEntries basis, IReadOnlyDictionary<string, string?> changes, CancellationToken cancellationToken)
    {
        try
        {
            await WriteFileAsync(Path.Combine(folder, Note), JsonSerializer.Serialize(new Dictionary<string, string?>(changes), NoteJson.Default.Changes), cancellationToken);
            await CarryOutNoteAsync(cancellationToken);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new IdentityStoreException($"{Place} cannot be written: {failure.Message}", failure);
        }
    }

    private async Task CarryOutNoteAsync(CancellationToken cancellationToken)
    {
        var note = Path.Combine(folder, Note);
        if (!File.Exists(note))
        {
            return;
        }

        var changes = JsonSerializer.Deserialize(await File.ReadAllTextAsync(note, cancellationToken), NoteJson.Default.Changes) ?? [];
        foreach (var (entry, text) in changes)
        {
            var file = Path.Combine(folder, Path.GetFileName(entry));
            if (text is null)
            {
                File.Delete(file);
            }
            else
            {
                await WriteFileAsync(file, text, cancellationToken);
            }
        }

        File.Delete(note);
    }

    /// <summary>The whole file or none of it, readable by its owner alone from its first byte on.</summary>
    private static async Task WriteFileAsync(string file, string text, CancellationToken cancellationToken)
    {
        var unfinished = Path.Combine(Path.GetDirectoryName(file)!, $".{Path.GetFileName(file)}.new");
        File.Delete(unfinished);
        var options = new FileStreamOptions
        {
            Mode = FileMode.CreateNew, Access = FileAccess.Write, UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
        };
        await using (var stream = new FileStream(unfinished, options))
        {
            await using (var writer = new StreamWriter(stream, leaveOpen: true))
            {
                await writer.WriteAsync(text.AsMemory(), cancellationToken);
            }

            stream.Flush(flushToDisk: true);
        }

        File.Move(unfinished, file, overwrite: true);
    }
}

[JsonSerializable(typeof(Dictionary<string, string>), TypeInfoPropertyName = "Changes")]
internal sealed partial class NoteJson : JsonSerializerContext;
