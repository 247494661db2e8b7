// Most tests wait for pods most of the time, and run side by side.
[assembly: CollectionBehavior(MaxParallelThreads = 5)]
