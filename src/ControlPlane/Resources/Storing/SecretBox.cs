using System.Security.Cryptography;
using System.Text;
using Argosy.ControlPlane.Storage;

namespace Argosy.ControlPlane.Resources.Storing;

/// <summary>
/// Seals secrets before they are stored (AES-256-GCM). What is sealed for one secret does not open for another, so rows cannot be
/// swapped. The key is a file of the data directory, readable by its owner only: a copy of the database alone reveals nothing.
/// </summary>
public sealed class SecretBox
{
    private const int KeyBytes = 32;
    private readonly byte[] key;

    private SecretBox(byte[] key) => this.key = key;

    /// <summary>Opens the box whose key is in the file; the key is made when the file does not exist.</summary>
    /// <exception cref="InvalidDataException">The file holds no key.</exception>
    public static SecretBox Open(string keyFile)
    {
        if (!File.Exists(keyFile))
        {
            PrivateFile.Create(keyFile, Convert.ToBase64String(RandomNumberGenerator.GetBytes(KeyBytes)));
        }

        var key = new byte[KeyBytes];
        return Convert.TryFromBase64String(File.ReadAllText(keyFile).Trim(), key, out var length) && length == KeyBytes
            ? new SecretBox(key)
            : throw new InvalidDataException(
                $"{keyFile} holds no {KeyBytes * 8}-bit key in base64. Restore the file; without it the stored secrets cannot be read.");
    }

    /// <summary>Answers nonce, ciphertext and tag in base64.</summary>
    internal string Seal(ReadOnlySpan<byte> plain, ResourceKey owner)
    {
        var box = new byte[AesGcm.NonceByteSizes.MaxSize + plain.Length + AesGcm.TagByteSizes.MaxSize];
        var (nonce, cipher, tag) = Parts(box);
        RandomNumberGenerator.Fill(nonce);
        using var aes = new AesGcm(key, AesGcm.TagByteSizes.MaxSize);
        aes.Encrypt(nonce, plain, cipher, tag, Context(owner));
        return Convert.ToBase64String(box);
    }

    /// <exception cref="CryptographicException">It was sealed with another key, for another secret, or was changed since.</exception>
    internal byte[] Open(string sealedText, ResourceKey owner)
    {
        var box = Convert.FromBase64String(sealedText);
        var (nonce, cipher, tag) = Parts(box);
        var plain = new byte[cipher.Length];
        using var aes = new AesGcm(key, AesGcm.TagByteSizes.MaxSize);
        aes.Decrypt(nonce, cipher, tag, plain, Context(owner));
        return plain;
    }

    private static SealedParts Parts(Span<byte> box)
    {
        var cipherEnd = box.Length - AesGcm.TagByteSizes.MaxSize;
        return new SealedParts(
            box[..AesGcm.NonceByteSizes.MaxSize], box[AesGcm.NonceByteSizes.MaxSize..cipherEnd], box[cipherEnd..]);
    }

    private static byte[] Context(ResourceKey owner) => Encoding.UTF8.GetBytes($"{owner.Namespace}/{owner.Name}");

    private readonly ref struct SealedParts(Span<byte> nonce, Span<byte> cipher, Span<byte> tag)
    {
        private readonly Span<byte> nonce = nonce;
        private readonly Span<byte> cipher = cipher;
        private readonly Span<byte> tag = tag;

        public void Deconstruct(out Span<byte> nonce, out Span<byte> cipher, out Span<byte> tag)
        {
            nonce = this.nonce;
            cipher = this.cipher;
            tag = this.tag;
        }
    }
}
