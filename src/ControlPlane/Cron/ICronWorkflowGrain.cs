using Orleans;

namespace Argosy.ControlPlane.Cron;

/// <summary>Submits the children of one cron workflow; its key is the cron workflow's uid. The truth is the object and its children.</summary>
public interface ICronWorkflowGrain : IGrainWithStringKey
{
    /// <summary>The object is there, or has changed. Repeating it changes nothing.</summary>
    Task Look(string @namespace, string name);

    /// <summary>A child has begun or ended.</summary>
    Task ChildChanged();

    /// <summary>A child was deleted.</summary>
    /// <param name="workflow">Its last value as JSON.</param>
    Task ChildGone(string workflow);

    /// <summary>The object is gone.</summary>
    Task Forget();
}
