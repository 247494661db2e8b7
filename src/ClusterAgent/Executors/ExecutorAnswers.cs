using System.Text.Json;
using System.Text.Json.Serialization;

namespace Argosy.ClusterAgent.Executors;

/// <summary>What was stored of an output.</summary>
internal sealed record StoredAnswer(string Digest, long Size);

/// <summary>The files of an input that is a folder.</summary>
/// <param name="Known">False: its storage cannot tell.</param>
internal sealed record FilesAnswer(bool Known, IReadOnlyList<string> Files);

/// <summary>Why an executor is not served.</summary>
internal sealed record RefusalAnswer(string Error);

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(StoredAnswer))]
[JsonSerializable(typeof(FilesAnswer))]
[JsonSerializable(typeof(RefusalAnswer))]
internal sealed partial class AnswerJson : JsonSerializerContext;
