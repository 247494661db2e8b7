using Argosy.Engine.Bench;
using BenchmarkDotNet.Running;

BenchmarkRunner.Run<DecideReport>(args: args);
