namespace Argosy.Engine.Placement;

/// <summary>The answer of a placement, with its reasons.</summary>
/// <param name="Cluster">Null: none fits now.</param>
/// <param name="Rejected">Per cluster that was considered and not taken because it does not fit: why not.</param>
public sealed record PlacementDecision(string? Cluster, IReadOnlyList<(string Cluster, string Reason)> Rejected)
{
    /// <summary>For people: why there is no place, cluster by cluster.</summary>
    public string? WhyNot => Cluster is not null
        ? null
        : Rejected.Count == 0
            ? "no cluster is registered: declare one and have its agent join"
            : "no cluster fits: " + string.Join("; ", Rejected.Select(rejected => $"{rejected.Cluster}: {rejected.Reason}"));
}

/// <summary>Chooses a cluster for a node: a function of a snapshot of the fleet. Filters say why a cluster does not fit; the rest is ranked.</summary>
public static class Placer
{
    /// <param name="cluster">The one cluster it must be, if the rule names one.</param>
    /// <param name="selector">A Kubernetes label selector its labels must meet, if the rule has one.</param>
    public static PlacementDecision Place(FleetSnapshot fleet, string? cluster, string? selector)
    {
        LabelSelector? wanted = null;
        if (!string.IsNullOrEmpty(selector))
        {
            try
            {
                wanted = LabelSelector.Parse(selector);
            }
            catch (FormatException malformed)
            {
                return new PlacementDecision(null, [("every cluster", $"the cluster selector '{selector}' is malformed: {malformed.Message}")]);
            }
        }

        List<(string Cluster, string Reason)> rejected = [];
        if (!string.IsNullOrEmpty(cluster) && fleet.Clusters.All(candidate => candidate.Name != cluster))
        {
            rejected.Add((cluster, "there is no such cluster in the fleet"));
        }

        List<ClusterSnapshot> fitting = [];
        foreach (var candidate in fleet.Clusters)
        {
            if (Reason(candidate, cluster, wanted, selector) is { } reason)
            {
                rejected.Add((candidate.Name, reason));
            }
            else
            {
                fitting.Add(candidate);
            }
        }

        var anywhere = string.IsNullOrEmpty(cluster) && wanted is null;
        var chosen = anywhere && fleet.HomeCluster is { } home
            ? fitting.Find(candidate => candidate.Name == home)
            : fitting.OrderBy(candidate => candidate.Running).ThenBy(candidate => candidate.Name, StringComparer.Ordinal).FirstOrDefault();
        if (chosen is null && anywhere && fleet.HomeCluster is not null && rejected.All(entry => entry.Cluster != fleet.HomeCluster))
        {
            rejected.Add((fleet.HomeCluster, "it is the default cluster, but there is no such cluster in the fleet"));
        }

        return new PlacementDecision(chosen?.Name, rejected);
    }

    private static string? Reason(ClusterSnapshot candidate, string? cluster, LabelSelector? wanted, string? selector)
    {
        if (!string.IsNullOrEmpty(cluster) && candidate.Name != cluster)
        {
            return $"the step asks for cluster {cluster}";
        }

        if (wanted is not null && !wanted.Matches(candidate.Labels))
        {
            var labels = candidate.Labels.Count == 0 ? "it has none" : "it has " + string.Join(',', candidate.Labels.Select(label => $"{label.Key}={label.Value}"));
            return $"its labels do not meet {selector} ({labels})";
        }

        if (candidate.Unschedulable)
        {
            return "it is marked unschedulable";
        }

        return candidate.Phase switch
        {
            ClusterPhase.Ready => null,
            ClusterPhase.Joining => "its agent has not connected yet",
            ClusterPhase.Suspect => "its agent has been silent for a while",
            ClusterPhase.Lost => "its agent is lost",
        };
    }
}
