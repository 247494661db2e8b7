using Argosy.ClusterAgent.Hosting;

return await AgentProgram.RunAsync(
    args,
    Environment.GetEnvironmentVariable,
    Console.Error,
    _ => throw new InvalidOperationException("this build of the agent has no runtime for pods of a Kubernetes cluster"));
