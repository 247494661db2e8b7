using System.Security.Cryptography;
using System.Text;
using Argosy.ControlPlane.Storage;

namespace Argosy.ControlPlane.Access;

/// <summary>
/// The bearer token of the hub's admin: 256 random bits, made at the first start and kept in <c>admin-token</c> in the data directory,
/// readable by its owner only.
/// </summary>
public sealed class AdminToken
{
    private const string FileName = "admin-token";
    private const int RandomBytes = 32;
    private readonly byte[] hash;

    private AdminToken(string value)
    {
        Value = value;
        hash = Hash(value);
    }

    /// <summary>The token itself; it must not be logged.</summary>
    public string Value { get; }

    /// <summary>Reads the data directory's token, or makes it.</summary>
    public static AdminToken Open(string dataDirectory)
    {
        var path = Path.Combine(dataDirectory, FileName);
        if (!File.Exists(path))
        {
            PrivateFile.Create(path, Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(RandomBytes)));
        }

        var value = File.ReadAllText(path).Trim();
        return value.Length > 0
            ? new AdminToken(value)
            : throw new InvalidDataException($"{path} is empty. Delete it and start again: a new token is made, old kubeconfigs stop working.");
    }

    /// <summary>Whether the presented token is this one; takes as long for a near miss as for a far one.</summary>
    public bool Accepts(string presented) => CryptographicOperations.FixedTimeEquals(hash, Hash(presented));

    private static byte[] Hash(string value) => SHA256.HashData(Encoding.UTF8.GetBytes(value));
}
