using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Argosy.Executor.Agents;
using Argosy.Executor.Outputs;

namespace Argosy.Executor.Plans;

/// <summary>All JSON of the executor, generated: a native program has no reflection to read types by.</summary>
[JsonSourceGenerationOptions(
    JsonSerializerDefaults.Web, UseStringEnumConverter = true, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(ExecutorPlan))]
[JsonSerializable(typeof(TerminationMessage))]
[JsonSerializable(typeof(StoredAnswer))]
[JsonSerializable(typeof(FilesAnswer))]
[JsonSerializable(typeof(RefusalAnswer))]
internal sealed partial class ExecutorJson : JsonSerializerContext
{
    /// <summary>For what is read by the agent alone: says the most in the fewest bytes, as no browser will see it.</summary>
    public static ExecutorJson Terse =>
        field ??= new ExecutorJson(new JsonSerializerOptions(Default.Options) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
}
