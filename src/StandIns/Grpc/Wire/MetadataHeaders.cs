using System.Net.Http.Headers;
using Grpc.Core;
using Microsoft.AspNetCore.Http;

namespace Grpc.Wire;

/// <summary>Metadata as HTTP headers.</summary>
internal static class MetadataHeaders
{
    public static Metadata Read(HttpHeaders headers)
    {
        var metadata = new Metadata();
        foreach (var (name, values) in headers.NonValidated)
        {
            foreach (var value in values)
            {
                Read(metadata, name, value);
            }
        }

        return metadata;
    }

    public static Metadata Read(IHeaderDictionary headers)
    {
        var metadata = new Metadata();
        foreach (var (name, values) in headers)
        {
            foreach (var value in values)
            {
                Read(metadata, name, value ?? "");
            }
        }

        return metadata;
    }

    /// <summary>The value as a header carries it.</summary>
    /// <exception cref="RpcException">Internal: a text that no header can carry.</exception>
    public static string Encode(Metadata.Entry entry)
    {
        if (entry.IsBinary)
        {
            return Convert.ToBase64String(entry.ValueBytes).TrimEnd('=');
        }

        return entry.Value.All(letter => letter is >= ' ' and <= '~')
            ? entry.Value
            : throw Broken($"The metadata '{entry.Key}' holds more than printable ASCII; use a key that ends in {Metadata.BinaryHeaderSuffix}.");
    }

    private static void Read(Metadata metadata, string name, string value)
    {
        if (!GrpcHeaderNames.IsMetadata(name))
        {
            return;
        }

        if (!name.EndsWith(Metadata.BinaryHeaderSuffix, StringComparison.OrdinalIgnoreCase))
        {
            metadata.Add(Metadata.Entry.Received(name, value));
            return;
        }

        // A peer or a proxy may have joined repeated headers into one.
        foreach (var part in value.Split(',', StringSplitOptions.TrimEntries))
        {
            metadata.Add(Metadata.Entry.Received(name, Decode(name, part)));
        }
    }

    private static byte[] Decode(string name, string text)
    {
        var unpadded = text.TrimEnd('=');
        var bytes = new byte[unpadded.Length * 3 / 4];
        return Convert.TryFromBase64String(unpadded.PadRight((unpadded.Length + 3) / 4 * 4, '='), bytes, out var length) && length == bytes.Length
            ? bytes
            : throw Broken($"The metadata '{name}' is not base64.");
    }

    private static RpcException Broken(string detail) => new(new Status(StatusCode.Internal, detail));
}
