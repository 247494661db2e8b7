namespace Argosy.Executor.Tests;

internal static class Files
{
    /// <summary>Waits for a file to be there.</summary>
    public static async Task AppearsAsync(string path)
    {
        var appeared = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var folder = Path.GetDirectoryName(path)!;
        if (!Directory.Exists(folder))
        {
            await AppearsAsync(folder);
        }

        using var watcher = new FileSystemWatcher(folder);
        watcher.Created += (_, _) => Look();
        watcher.Renamed += (_, _) => Look();
        watcher.EnableRaisingEvents = true;
        Look();
        await appeared.Task.WaitAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken);

        void Look()
        {
            if (Path.Exists(path))
            {
                appeared.TrySetResult();
            }
        }
    }
}
