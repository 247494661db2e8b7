using Argosy.ClusterAgent.Embedded.Attempts;
using Argosy.ClusterAgent.Embedded.Views;
using Argosy.Contracts.Agents;

namespace Argosy.ClusterAgent.Embedded;

/// <summary>
/// Claims that were made for one workflow. A claim is a folder <c>NAMESPACE/CLAIM</c>; whose it is says a folder of the same name below
/// the workflow's own, made before the claim and removed after it, so that no claim is left without an owner.
/// </summary>
internal sealed class OwnedClaims(string claims, string owners)
{
    /// <summary>Where all claims are.</summary>
    public string Folder => claims;

    public void Own(PodIntent intent)
    {
        foreach (var claim in intent.OwnedClaims)
        {
            var place = Path.Join(intent.Key.Namespace, Uri.EscapeDataString(claim));
            Directory.CreateDirectory(Path.Join(OwnedBy(intent.Key.WorkflowUid), place));
            Directory.CreateDirectory(Path.Join(claims, place));
        }
    }

    public void Drop(string workflowUid)
    {
        var owned = new DirectoryInfo(OwnedBy(workflowUid));
        if (!owned.Exists)
        {
            return;
        }

        foreach (var @namespace in owned.EnumerateDirectories())
        {
            foreach (var claim in @namespace.EnumerateDirectories())
            {
                FolderRemoval.Remove(Path.Join(claims, @namespace.Name, claim.Name));
            }
        }

        owned.Delete(recursive: true);
    }

    private string OwnedBy(string workflowUid) => Path.Join(owners, AttemptFolder.NameOf(workflowUid));
}
