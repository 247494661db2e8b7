namespace Orleans;

/// <summary>Extensions of tasks that Orleans offers to grain code.</summary>
public static class PublicOrleansTaskExtensions
{
    /// <summary>Lets a task go: its failure, should it fail, is nobody's concern and is not reported as unobserved.</summary>
    public static void Ignore(this Task task)
    {
        ArgumentNullException.ThrowIfNull(task);
        if (!task.IsCompletedSuccessfully)
        {
            _ = task.ContinueWith(
                static ended => _ = ended.Exception,
                CancellationToken.None,
                TaskContinuationOptions.OnlyOnFaulted | TaskContinuationOptions.ExecuteSynchronously,
                TaskScheduler.Default);
        }
    }
}
