using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json.Nodes;
using Argosy.Engine.Validation;

namespace Argosy.Engine.Tests.Workflows.Laws;

/// <summary>Tries a law on many workflows, on all cores; a workflow that breaks it is cut down as far as it goes on breaking it.</summary>
internal static class Trial
{
    private const string Variable = "ARGOSY_LAWS_SEED";
    private const int MostCuts = 150;

    public static void Of(ITestOutputHelper output, int runs, Action<int, JsonObject> law, Wildness? wildness = null)
    {
        var wild = wildness ?? new Wildness(InAnyOrder: false);
        var first = Environment.GetEnvironmentVariable(Variable) switch
        {
            null or "" => 1,
            "random" => Random.Shared.Next(),
            var given => int.Parse(given, CultureInfo.InvariantCulture),
        };
        output.WriteLine($"{runs} workflows from seed {first} on; {Variable}={first} repeats them");
        var failures = new ConcurrentBag<(int Seed, Exception Failure)>();
        Parallel.For(0, runs, (run, loop) =>
        {
            var seed = unchecked(first + run) & int.MaxValue;
            if (Broken(law, seed, RandomSpec.Make(new Random(seed), wild)) is { } failure)
            {
                failures.Add((seed, failure));
                loop.Stop();
            }
        });
        if (failures.OrderBy(failure => failure.Seed).FirstOrDefault() is { Failure: { } broken, Seed: var broke })
        {
            var small = Shrink(law, broke, RandomSpec.Make(new Random(broke), wild), broken);
            Assert.Fail($"seed {broke} ({Variable}={broke} tries it first): {broken.GetType().Name}: {broken.Message}\n{broken.StackTrace}\n"
                + $"smaller workflow that fails as well:\n{small.ToJsonString()}");
        }
    }

    private static Exception? Broken(Action<int, JsonObject> law, int seed, JsonObject spec)
    {
        try
        {
            law(seed, spec);
            return null;
        }
        catch (Exception failure)
        {
            return failure;
        }
    }

    // Leaves out one thing after another, the largest first, as long as the law breaks in the same way and the workflow is no less valid.
    private static JsonObject Shrink(Action<int, JsonObject> law, int seed, JsonObject spec, Exception broken)
    {
        var errors = Errors(spec);
        for (var (cut, tried) = (0, 0); tried < MostCuts; tried++)
        {
            var smaller = (JsonObject)spec.DeepClone();
            if (Parts(smaller).ElementAtOrDefault(cut) is not { } remove)
            {
                break;
            }

            remove();
            if (Errors(smaller) <= errors && Broken(law, seed, smaller)?.GetType() == broken.GetType())
            {
                spec = smaller;
            }
            else
            {
                cut++;
            }
        }

        return spec;
    }

    private static IEnumerable<Action> Parts(JsonNode node)
    {
        switch (node)
        {
            case JsonObject map:
                foreach (var (name, value) in map.ToList())
                {
                    if (name is not ("name" or "template" or "templates" or "entrypoint"))
                    {
                        yield return () => map.Remove(name);
                    }

                    foreach (var part in value is null ? [] : Parts(value))
                    {
                        yield return part;
                    }
                }

                break;
            case JsonArray list:
                foreach (var item in list.ToList())
                {
                    yield return () => list.Remove(item);
                    foreach (var part in item is null ? [] : Parts(item))
                    {
                        yield return part;
                    }
                }

                break;
            default:
                break;
        }
    }

    private static int Errors(JsonObject spec) => WorkflowValidator.Validate(
        new JsonObject { ["kind"] = "Workflow", ["metadata"] = new JsonObject { ["name"] = "wf" }, ["spec"] = spec.DeepClone() },
        new NothingElse(),
        new ValidationOptions { Offline = true }).Count;

    private sealed class NothingElse : ITemplateLookup
    {
        public JsonObject? FindTemplate(bool clusterScope, string @namespace, string name) => null;
    }
}
