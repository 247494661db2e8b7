// Each story starts a server, agents and dozens of processes: side by side they would only wait for each other.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
