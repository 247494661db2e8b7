using Argosy.ClusterAgent.Hosting;

return await AgentProgram.RunAsync(
    args, Environment.GetEnvironmentVariable, Console.Error, parts => KubernetesParts.Of(parts, Environment.GetEnvironmentVariable));
