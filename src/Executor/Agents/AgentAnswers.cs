namespace Argosy.Executor.Agents;

/// <summary>What the agent stored.</summary>
internal sealed record StoredAnswer(string Digest, long Size);

/// <summary>The files of a folder that was stored unpacked.</summary>
/// <param name="Known">False: its storage cannot tell.</param>
internal sealed record FilesAnswer(bool Known, IReadOnlyList<string> Files);

/// <summary>Why the agent refused.</summary>
internal sealed record RefusalAnswer(string Error);
