// Two collections at a time: what happens to one cluster need not wait for what happens to the other.
[assembly: CollectionBehavior(MaxParallelThreads = 2)]
