using System.Text.Json.Nodes;
using Argosy.ControlPlane.Resources;
using Argosy.ControlPlane.Workflows;
using Argosy.Engine.Cron;
using Argosy.Engine.Validation;

namespace Argosy.ControlPlane.Cron;

/// <summary>CronWorkflow objects and their children, read and written.</summary>
internal sealed class CronObject(IResources resources, CronChildIndex index)
{
    /// <summary>The cron workflow of this uid; null when it is gone or going.</summary>
    public async Task<CronWorkflow?> FindAsync(ResourceKey key, string uid) =>
        await resources.FindAsync(key, CancellationToken.None) is { } manifest && manifest.MetadataText("uid") == uid && !manifest.IsDeleting()
            ? new CronWorkflow(manifest)
            : null;

    /// <summary>Its workflows, the active ones that the status names among them.</summary>
    public async Task<IReadOnlyCollection<CronChild>> ChildrenAsync(CronWorkflow cron, CronChild? gone)
    {
        var children = new Dictionary<string, CronChild>(StringComparer.Ordinal);
        foreach (var name in index.Of(cron.Namespace, cron.Name).Union(cron.Status.Active.Select(child => child.Name)))
        {
            if (await resources.FindAsync(new ResourceKey(Kinds.Workflow, cron.Namespace, name), CancellationToken.None) is { } workflow
                && workflow.Labels().GetValueOrDefault(CronWorkflow.ChildLabel) == cron.Name)
            {
                var child = CronChild.Read(workflow, cron);
                children[child.Uid] = child;
            }
        }

        if (gone is not null)
        {
            children.TryAdd(gone.Uid, gone);
        }

        return children.Values;
    }

    /// <summary>Stores the status that follows from the one stored; answers the cron workflow as it then is.</summary>
    /// <param name="key">The object.</param>
    /// <param name="uid">Another object of the same name is left alone.</param>
    /// <param name="change">Answers the same status to leave it.</param>
    /// <param name="looked">Whether an instant was looked at, with the schedule that the object has.</param>
    public async Task<CronWorkflow?> StoreAsync(ResourceKey key, string uid, Func<CronWorkflow, CronStatus> change, bool looked = false)
    {
        var stored = await resources.ModifyAsync(
            key, manifest => manifest.MetadataText("uid") == uid && Write(manifest, change, looked), CancellationToken.None);
        return stored?.MetadataText("uid") == uid ? new CronWorkflow(stored) : null;
    }

    /// <summary>What is wrong with its spec, in one text; null when nothing is.</summary>
    public async Task<string?> ProblemAsync(CronWorkflow cron)
    {
        var templates = await StoredTemplates.ReadAsync(resources, cron.Namespace, CancellationToken.None);
        var errors = WorkflowValidator.Validate(cron.Manifest, templates, new ValidationOptions());
        return errors.Count == 0 ? null : string.Join("; ", errors.Select(error => error.Message));
    }

    /// <summary>
    /// Creates the child of an instant. A child that is there already, from a life of the hub that ended before it could say so, is the one.
    /// </summary>
    /// <exception cref="ApiException">The child is refused.</exception>
    public async Task<CronChild> SubmitAsync(CronWorkflow cron, DateTimeOffset instant)
    {
        try
        {
            var manifest = CronChild.ManifestOf(cron, instant);
            return CronChild.Read(await resources.CreateAsync(Kinds.Workflow, cron.Namespace, manifest, CancellationToken.None), cron);
        }
        catch (ApiException refusal) when (refusal.Reason == "AlreadyExists")
        {
            var key = new ResourceKey(Kinds.Workflow, cron.Namespace, CronChild.NameOf(cron, instant));
            if (await resources.FindAsync(key, CancellationToken.None) is { } there && CronChild.Read(there, cron) is { IsOwned: true } child)
            {
                return child;
            }

            throw;
        }
    }

    public Task DeleteChildAsync(CronWorkflow cron, string child) =>
        resources.DeleteAsync(new ResourceKey(Kinds.Workflow, cron.Namespace, child), CancellationToken.None);

    private static bool Write(JsonObject manifest, Func<CronWorkflow, CronStatus> change, bool looked)
    {
        var cron = new CronWorkflow(manifest);
        var next = change(cron);
        var schedule = cron.Spec.ScheduleText;
        var changed = !ReferenceEquals(next, cron.Status);
        if (changed)
        {
            manifest["status"] = next.ToJson(cron.Namespace);
        }

        if (next.Stopped && cron.Labels.GetValueOrDefault(CronWorkflow.CompletedLabel) != "true")
        {
            Entries(manifest, "labels")[CronWorkflow.CompletedLabel] = "true";
            changed = true;
        }

        if (looked && cron.Annotations.GetValueOrDefault(CronWorkflow.LastScheduleAnnotation) != schedule)
        {
            Entries(manifest, "annotations")[CronWorkflow.LastScheduleAnnotation] = schedule;
            changed = true;
        }

        return changed;
    }

    private static JsonObject Entries(JsonObject manifest, string field)
    {
        var metadata = manifest.Metadata();
        if (metadata[field] is not JsonObject entries)
        {
            metadata[field] = entries = [];
        }

        return entries;
    }
}
