using System.Globalization;
using System.Net.Http.Headers;
using Grpc.Core;

namespace Grpc.Wire;

/// <summary>The end of a call in trailers, or in headers when there is nothing between the two.</summary>
internal static class StatusHeaders
{
    /// <returns>None if there is no <c>grpc-status</c>.</returns>
    public static Status? Read(HttpHeaders headers)
    {
        if (First(headers, GrpcHeaderNames.Status) is not { } code)
        {
            return null;
        }

        var detail = PercentEncoding.Decode(First(headers, GrpcHeaderNames.Message) ?? "");
        return int.TryParse(code, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && Enum.IsDefined((StatusCode)number)
            ? new Status((StatusCode)number, detail)
            : new Status(StatusCode.Unknown, $"The server ended the call with the unknown status '{code}'. {detail}".TrimEnd());
    }

    public static string? First(HttpHeaders headers, string name) =>
        headers.NonValidated.TryGetValues(name, out var values) ? values.FirstOrDefault() : null;

    public static string Number(StatusCode code) => ((int)code).ToString(CultureInfo.InvariantCulture);
}
