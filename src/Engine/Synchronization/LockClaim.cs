namespace Argosy.Engine.Synchronization;

/// <summary>One wish for locks. A workflow never uses a ticket twice, so an answer to an old wish cannot be taken for one to a new wish.</summary>
public readonly record struct ClaimId(string WorkflowUid, long Ticket);

/// <summary>Locks that are wanted together: all or none are held.</summary>
/// <param name="Holder">Who wants them, as the status names holders: <c>namespace/workflow</c> or <c>namespace/workflow/node-id</c>.</param>
/// <param name="Priority">The workflow's; more goes first.</param>
/// <param name="CreatedAt">The workflow's; among equals the older goes first.</param>
public sealed record LockClaim(ClaimId Id, string Holder, IReadOnlyList<LockName> Locks, int Priority, DateTimeOffset CreatedAt);

/// <summary>Why a claim is not held yet.</summary>
/// <param name="Lock">The first of its locks that it cannot have.</param>
/// <param name="Holders">Who holds each of the claim's locks, in the claim's order.</param>
public sealed record LockWait(string Message, LockName Lock, IReadOnlyList<IReadOnlyList<string>> Holders);
