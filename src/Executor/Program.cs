using Argosy.Executor;
using Argosy.Executor.Containers;
using Argosy.Executor.Inputs;

try
{
    var options = ExecutorOptions.Parse(args);
    return options.Verb == "init"
        ? await PodPreparation.RunAsync(options, TimeProvider.System)
        : await ContainerRun.RunAsync(options, TimeProvider.System);
}
catch (ExecutorException failure)
{
    Console.Error.WriteLine($"argosy-executor: {failure.Message}");
    return ExitCodes.Executor;
}
