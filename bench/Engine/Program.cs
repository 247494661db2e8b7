using System.Globalization;
using Argosy.Engine.Bench;
using BenchmarkDotNet.Running;

if (args is ["runs", .. var size])
{
    WholeRuns.Print(size is [var nodes] ? int.Parse(nodes, CultureInfo.InvariantCulture) : 100_000);
}
else
{
    BenchmarkRunner.Run<DecideReport>(args: args);
}
