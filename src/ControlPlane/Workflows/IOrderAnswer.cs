using Argosy.Engine.Workflows;

namespace Argosy.ControlPlane.Workflows;

/// <summary>
/// Answers the orders of one room that ask something. The answer becomes part of the decision that asked: nothing is durable yet, so finding
/// it must change nothing in the world.
/// </summary>
internal interface IOrderAnswer
{
    /// <returns>The answer; null when the order is not this room's.</returns>
    ValueTask<WorkflowInput?> AnswerAsync(WorkflowState state, WorkflowOrder order);
}
