using Argosy.ClusterAgent.Embedded.Views;
using Argosy.Contracts.Agents;

namespace Argosy.ClusterAgent.Embedded.Planning;

/// <summary>
/// A pod's volumes as folders of this machine. Claims live in the cluster's data folder and are shared by all pods of their namespace; all
/// other volumes live and die with the attempt.
/// </summary>
internal sealed class PodVolumes(string attemptVolumes, string claims, Configurations configurations)
{
    private readonly Dictionary<string, (string Folder, bool ReadOnly)> _folders = new(StringComparer.Ordinal);
    private readonly Dictionary<string, (string Container, PodMount Mount)> _mounts = new(StringComparer.Ordinal);

    public IReadOnlyList<PodMount> Mounts => [.. _mounts.Values.Select(mount => mount.Mount)];

    public async Task AddAsync(VolumeSpec volume, CancellationToken cancellationToken)
    {
        var folder = Path.Join(attemptVolumes, SafeName(volume.Name));
        switch (volume)
        {
            case { ConfigMap: { } map }:
                var values = await configurations.ReadAsync(ConfigurationKind.ConfigMap, map.Name, map.Optional, cancellationToken);
                Project(volume.Name, folder, values, map.Items, map.DefaultMode, map.Optional);
                break;
            case { Secret: { } secret }:
                var secrets = await configurations.ReadAsync(ConfigurationKind.Secret, secret.SecretName, secret.Optional, cancellationToken);
                Project(volume.Name, folder, secrets, secret.Items, secret.DefaultMode, secret.Optional);
                break;
            case { PersistentVolumeClaim: { } claim }:
                folder = Path.Join(claims, SafeName(claim.ClaimName));
                break;
            case { EmptyDir: not null } or { Ephemeral: not null }:
                break;
            default:
                throw new PodPlanException(
                    $"volume \"{volume.Name}\": an embedded cluster knows emptyDir, configMap, secret, persistentVolumeClaim and ephemeral volumes only");
        }

        Directory.CreateDirectory(folder);
        _folders[volume.Name] = (folder, volume.PersistentVolumeClaim is { ReadOnly: true });
    }

    /// <summary>
    /// Takes a container's mount into the pod's one view: containers may share a path only if they mean the same by it.
    /// </summary>
    public void Mount(string container, VolumeMount mount, IReadOnlyDictionary<string, string> environment)
    {
        if (!_folders.TryGetValue(mount.Name, out var volume))
        {
            throw new PodPlanException($"container \"{container}\" mounts volume \"{mount.Name}\", which the pod does not have");
        }

        var subPath = mount.SubPathExpr is { } expression ? VariableExpansion.Expand(expression, environment) : mount.SubPath ?? "";
        if (subPath.StartsWith('/') || subPath.Split('/').Contains(".."))
        {
            throw new PodPlanException($"container \"{container}\": subPath \"{subPath}\" must stay within volume \"{mount.Name}\"");
        }

        var source = subPath.Length == 0 ? volume.Folder : Path.Join(volume.Folder, subPath);
        if (!Path.Exists(source))
        {
            Directory.CreateDirectory(source);
        }

        var path = "/" + mount.MountPath.Trim('/');
        var wanted = new PodMount(source, path, volume.ReadOnly || mount.ReadOnly);
        if (_mounts.TryGetValue(path, out var other) && other.Mount.Source != wanted.Source)
        {
            throw new PodPlanException(
                $"containers \"{other.Container}\" and \"{container}\" mount different volumes at {path}; in an embedded cluster the containers of a pod share one file system");
        }

        // One container may want read-only what another writes to: they share the mount, so the writer's wish decides.
        _mounts[path] = (container, other.Mount is { ReadOnly: false } ? other.Mount : wanted);
    }

    private static void Project(
        string volume, string folder, IReadOnlyDictionary<string, string>? values, IReadOnlyList<KeyToPath> items, int defaultMode, bool optional)
    {
        Directory.CreateDirectory(folder);
        var wanted = items.Count > 0 ? items : [.. (values?.Keys ?? []).Select(key => new KeyToPath { Key = key, Path = key })];
        foreach (var item in wanted)
        {
            if (values is null || !values.TryGetValue(item.Key, out var value))
            {
                if (optional)
                {
                    continue;
                }

                throw new PodPlanException($"volume \"{volume}\" references non-existent key: {item.Key}");
            }

            if (item.Path.StartsWith('/') || item.Path.Split('/').Contains(".."))
            {
                throw new PodPlanException($"volume \"{volume}\": path \"{item.Path}\" must stay within the volume");
            }

            var file = Path.Join(folder, item.Path);
            Directory.CreateDirectory(Path.GetDirectoryName(file)!);
            File.WriteAllText(file, value);
            File.SetUnixFileMode(file, (UnixFileMode)(item.Mode ?? defaultMode) | UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }
    }

    private static string SafeName(string name) =>
        name is "" or "." or ".." || name.Contains('/', StringComparison.Ordinal)
            ? throw new PodPlanException($"\"{name}\" cannot be a volume's name")
            : name;
}
