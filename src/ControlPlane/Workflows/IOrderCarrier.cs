using Argosy.Engine.Workflows;

namespace Argosy.ControlPlane.Workflows;

/// <summary>
/// Carries out the orders of one room once the facts they follow from are durable. After a restart an order may come again, so doing it
/// twice must be the same as doing it once.
/// </summary>
internal interface IOrderCarrier
{
    /// <param name="orders">All orders of the turn, in the order they were given; those of other rooms are passed over.</param>
    Task CarryOutAsync(WorkflowState state, IReadOnlyList<WorkflowOrder> orders);
}
