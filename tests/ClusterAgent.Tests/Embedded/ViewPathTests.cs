using Argosy.ClusterAgent.Embedded.Views;

namespace Argosy.ClusterAgent.Tests.Embedded;

public sealed class ViewPathTests : IDisposable
{
    private readonly string _root = TestCluster.NewFolder();

    [Fact]
    public void Links_AreFollowed_WithinTheRoot()
    {
        Directory.CreateDirectory(Path.Join(_root, "run/argo"));
        Directory.CreateDirectory(Path.Join(_root, "var"));
        File.CreateSymbolicLink(Path.Join(_root, "var/run"), "/run");
        File.CreateSymbolicLink(Path.Join(_root, "var/up"), "../../../run/./argo");

        Assert.Equal("/run/argo/x", ScopedPath.Resolve(_root, "/var/run/argo/x"));
        Assert.Equal("/run/argo", ScopedPath.Resolve(_root, "/var/up"));
        Assert.Equal("/etc", ScopedPath.Resolve(_root, "/../../etc"));
    }

    [Fact]
    public void LinksLeadInCircles_IsRefused()
    {
        File.CreateSymbolicLink(Path.Join(_root, "a"), "b");
        File.CreateSymbolicLink(Path.Join(_root, "b"), "a");

        Assert.Throws<PodViewException>(() => ScopedPath.Resolve(_root, "/a/x"));
    }

    [Fact]
    public void MountInfo_IsRead_WithoutTheKernelsOwnFoldersAndParentsFirst()
    {
        string[] lines =
        [
            "22 1 254:0 / / rw,relatime - ext4 /dev/vda rw",
            "23 22 0:21 / /proc rw - proc proc rw",
            "24 22 0:22 / /dev/shm rw - tmpfs tmpfs rw",
            @"30 22 0:40 / /mnt/my\040disk/in rw - xfs /dev/vdc rw",
            @"31 22 0:41 / /mnt/my\040disk rw - xfs /dev/vdb rw",
            "32 22 0:42 / /devices rw - xfs /dev/vdd rw",
        ];

        Assert.Equal(["/devices", "/mnt/my disk", "/mnt/my disk/in"], MachineMounts.Parse(lines));
    }

    [Fact]
    public void Path_IsLocated_InItsInnermostOverlay()
    {
        var view = new MachineView(ViewKind.Privileged, ["/", "/home", "/home/data"], "/base");

        Assert.Equal(("/home/data", "x/y"), view.Locate("/home/data/x/y"));
        Assert.Equal(("/home", "database"), view.Locate("/home/database"));
        Assert.Equal(("/", "tmp"), view.Locate("/tmp"));
    }

    public void Dispose() => FolderRemoval.Remove(_root);
}
