using System.Text.Json.Nodes;

namespace Argosy.Engine.Tests.Workflows.Laws;

/// <summary>How wild the workflows are that <see cref="RandomSpec"/> makes up.</summary>
/// <param name="InAnyOrder">Nothing whose outcome depends on what happens first: no fail-fast, deadlines, daemons or conditions on phases of hooks.</param>
internal sealed record Wildness(bool InAnyOrder);

/// <summary>Makes up a workflow's spec: nested steps and DAGs, loops, conditions, retries, hooks, daemons, suspensions, limits.</summary>
internal sealed class RandomSpec
{
    private readonly Random random;
    private readonly Wildness wildness;
    private readonly JsonArray templates = [];
    private readonly bool daemons;
    private int named;

    private RandomSpec(Random random, Wildness wildness)
    {
        this.random = random;
        this.wildness = wildness;
        daemons = !wildness.InAnyOrder && Chance(0.3);
    }

    /// <summary>The template that is found in the resource <c>shared</c>.</summary>
    public static JsonObject SharedTemplates() => (JsonObject)JsonNode.Parse("""
        {"templates":[
          {"name":"borrowed","container":{"image":"i","command":["c"]}},
          {"name":"borrowed-steps","steps":[[{"name":"one","template":"borrowed"}],[{"name":"two","template":"borrowed"}]]}]}
        """)!;

    public static JsonObject Make(Random random, Wildness wildness) => new RandomSpec(random, wildness).Make();

    private JsonObject Make()
    {
        var spec = new JsonObject { ["templates"] = templates };
        spec["entrypoint"] = Template(3);
        if (Chance(0.3))
        {
            spec["onExit"] = Template(1);
        }

        if (Chance(0.3))
        {
            // A daemon holds its slot as long as it lives: too few slots would leave none for the steps it serves.
            spec["parallelism"] = daemons ? 1000 : random.Next(1, 4);
        }

        if (!wildness.InAnyOrder && Chance(0.2))
        {
            spec["activeDeadlineSeconds"] = random.Next(0, 600);
        }

        if (!wildness.InAnyOrder && Chance(0.2))
        {
            spec["hooks"] = new JsonObject
            {
                ["running"] = new JsonObject { ["template"] = Leaf(), ["expression"] = "workflow.status == \"Running\"" },
                ["failed"] = new JsonObject { ["template"] = Leaf(), ["expression"] = "workflow.status == \"Failed\"" },
            };
        }

        if (Chance(0.1))
        {
            spec["synchronization"] = Mutexes("of-workflows");
        }

        return spec;
    }

    private string Template(int depth) => depth == 0 || Chance(0.15) ? Leaf() : Chance(0.5) ? Steps(depth) : Dag(depth);

    private string Leaf()
    {
        var body = new JsonObject { ["name"] = Name("leaf") };
        if (Chance(0.1))
        {
            body["synchronization"] = Chance(0.3) ? Semaphore() : Chance(0.5) ? Mutexes("a") : Chance(0.5) ? Mutexes("b") : Mutexes("a", "b");
        }

        if (!wildness.InAnyOrder && Chance(0.1))
        {
            body["memoize"] = Memoized(body);
        }

        if (Chance(0.1))
        {
            body["suspend"] = Chance(0.5) ? new JsonObject() : new JsonObject { ["duration"] = random.Next(0, 100).ToString(System.Globalization.CultureInfo.InvariantCulture) };
            return Add(body);
        }

        var command = new JsonObject { ["image"] = "i", ["command"] = new JsonArray("c") };
        if (Chance(0.1))
        {
            body["containerSet"] = new JsonObject
            {
                ["containers"] = new JsonArray(
                    new JsonObject { ["name"] = "main", ["image"] = "i", ["command"] = new JsonArray("c") },
                    new JsonObject { ["name"] = "other", ["image"] = "i", ["command"] = new JsonArray("c") }),
            };
        }
        else
        {
            body["container"] = command;
            if (daemons && Chance(0.3))
            {
                body["daemon"] = true;
            }
        }

        if (!wildness.InAnyOrder && Chance(0.15))
        {
            body["timeout"] = $"{random.Next(1, 300)}s";
        }

        MayRetry(body);
        return Add(body);
    }

    private string Steps(int depth)
    {
        var groups = new JsonArray();
        List<string> before = [];
        for (var group = random.Next(1, 4); group > 0; group--)
        {
            var steps = new JsonArray();
            List<string> here = [];
            for (var step = random.Next(1, 4); step > 0; step--)
            {
                var name = Name("s");
                here.Add(name);
                steps.Add(Member(name, depth, "steps", before));
            }

            before.AddRange(here);
            groups.Add(steps);
        }

        return Group(new JsonObject { ["name"] = Name("steps"), ["steps"] = groups });
    }

    private string Dag(int depth)
    {
        var tasks = new JsonArray();
        List<string> before = [];
        var plain = Chance(0.4);
        for (var count = random.Next(1, 6); count > 0; count--)
        {
            var name = Name("t");
            List<string> dependencies = [.. before.Where(_ => Chance(0.4))];
            var task = Member(name, depth, "tasks", dependencies);
            if (dependencies.Count > 0)
            {
                if (plain)
                {
                    task["dependencies"] = new JsonArray([.. dependencies.Select(dependency => (JsonNode)dependency)]);
                }
                else
                {
                    task.Remove("continueOn");
                    task["depends"] = string.Join(Chance(0.5) ? " && " : " || ", dependencies.Select(Condition));
                }
            }

            before.Add(name);
            tasks.Add(task);
        }

        var dag = new JsonObject { ["tasks"] = tasks, ["failFast"] = Chance(0.5) };
        if (Chance(0.15))
        {
            dag["target"] = string.Join(' ', before.Where(_ => Chance(0.4)).DefaultIfEmpty(before[0]));
        }

        return Group(new JsonObject { ["name"] = Name("dag"), ["dag"] = dag });
    }

    /// <summary>A template that calls itself until nothing is left.</summary>
    private string Countdown()
    {
        var name = Name("countdown");
        return Add(new JsonObject
        {
            ["name"] = name,
            ["inputs"] = new JsonObject { ["parameters"] = new JsonArray(new JsonObject { ["name"] = "left" }) },
            ["steps"] = new JsonArray(
                new JsonArray(new JsonObject { ["name"] = "work", ["template"] = Leaf() }),
                new JsonArray(new JsonObject
                {
                    ["name"] = "again",
                    ["template"] = name,
                    ["when"] = "{{inputs.parameters.left}} > 0",
                    ["arguments"] = new JsonObject
                    {
                        ["parameters"] = new JsonArray(new JsonObject { ["name"] = "left", ["value"] = "{{=asInt(inputs.parameters.left) - 1}}" }),
                    },
                })),
        });
    }

    private string Condition(string task) => Pick("", "", "", ".Succeeded", ".Failed", ".Skipped", ".Omitted", ".Errored") is var result && Chance(0.1)
        ? $"!{task}{(result.Length == 0 ? ".Failed" : result)}"
        : task + result;

    private JsonObject Member(string name, int depth, string scope, IReadOnlyList<string> before)
    {
        var member = new JsonObject { ["name"] = name };
        if (Chance(0.06))
        {
            member["template"] = Countdown();
            member["arguments"] = new JsonObject { ["parameters"] = new JsonArray(new JsonObject { ["name"] = "left", ["value"] = random.Next(0, 3) }) };
        }
        else if (Chance(0.06))
        {
            member["inline"] = new JsonObject { ["container"] = new JsonObject { ["image"] = "i", ["command"] = new JsonArray("c") } };
        }
        else if (Chance(0.1))
        {
            member["templateRef"] = new JsonObject { ["name"] = "shared", ["template"] = Pick("borrowed", "borrowed-steps", "missing") };
        }
        else
        {
            member["template"] = Template(depth - 1);
        }

        if (Chance(0.2))
        {
            member["when"] = Pick("true", "1 == 1", "a == b", "false", "{{workflow.name}} == wf", "{{inputs.parameters.none}} == 1");
        }

        if (Chance(0.2))
        {
            member["withItems"] = new JsonArray([.. Enumerable.Range(0, random.Next(0, 4)).Select(item => (JsonNode)item)]);
        }
        else if (Chance(0.06))
        {
            member["withSequence"] = Chance(0.5)
                ? new JsonObject { ["count"] = random.Next(0, 4).ToString(System.Globalization.CultureInfo.InvariantCulture) }
                : new JsonObject { ["start"] = "3", ["end"] = "1", ["format"] = "n%02d" };
        }
        else if (before.Count > 0 && Chance(0.15))
        {
            member["withParam"] = $"{{{{{scope}.{before[random.Next(before.Count)]}.outputs.result}}}}";
        }

        if (Chance(0.2))
        {
            member["continueOn"] = new JsonObject { ["failed"] = Chance(0.7), ["error"] = Chance(0.5) };
        }

        if (Chance(0.15))
        {
            member["hooks"] = new JsonObject { ["exit"] = new JsonObject { ["template"] = Chance(0.1) ? "missing" : Template(Math.Min(1, depth - 1)) } };
        }
        else if (!wildness.InAnyOrder && Chance(0.1))
        {
            member["hooks"] = new JsonObject { ["busy"] = new JsonObject { ["template"] = Leaf(), ["expression"] = $"{scope}[\"{name}\"].status == \"Running\"" } };
        }

        return member;
    }

    private string Group(JsonObject body)
    {
        if (Chance(0.25))
        {
            body["parallelism"] = daemons ? 1000 : random.Next(1, 3);
            if (!wildness.InAnyOrder && Chance(0.4))
            {
                body["failFast"] = true;
            }
        }

        if (Chance(0.15))
        {
            MayRetry(body);
        }

        if (Chance(0.1))
        {
            body["synchronization"] = Mutexes("of-" + (string)body["name"]!); // one of its own: a group inside must never want it too
        }

        if (!wildness.InAnyOrder && Chance(0.05))
        {
            body["memoize"] = Memoized(body);
        }

        return Add(body);
    }

    private static JsonObject Mutexes(params string[] names) =>
        new() { ["mutexes"] = new JsonArray([.. names.Select(name => new JsonObject { ["name"] = name })]) };

    private static JsonObject Semaphore() =>
        new() { ["semaphores"] = new JsonArray(new JsonObject { ["configMapKeyRef"] = new JsonObject { ["name"] = "limits", ["key"] = "two" } }) };

    private static JsonObject Memoized(JsonObject template) =>
        new() { ["key"] = (string)template["name"]!, ["cache"] = new JsonObject { ["configMap"] = new JsonObject { ["name"] = "cache" } } };

    private void MayRetry(JsonObject body)
    {
        if (!Chance(0.3))
        {
            return;
        }

        var strategy = new JsonObject { ["limit"] = random.Next(0, 3), ["retryPolicy"] = Pick("Always", "OnFailure", "OnError", "OnTransientError") };
        if (Chance(0.4))
        {
            var backoff = new JsonObject { ["duration"] = $"{random.Next(1, 20)}s", ["factor"] = "2" };
            if (Chance(0.3))
            {
                backoff["cap"] = "15s";
            }

            if (!wildness.InAnyOrder && Chance(0.3))
            {
                backoff["maxDuration"] = $"{random.Next(1, 60)}s";
            }

            strategy["backoff"] = backoff;
        }

        if (Chance(0.2))
        {
            strategy["expression"] = Pick("lastRetry.exitCode == \"1\"", "asInt(retries) < 1", "lastRetry.status == \"Error\"", "no.such == \"thing\"");
        }

        body["retryStrategy"] = strategy;
    }

    private string Add(JsonObject template)
    {
        templates.Add(template);
        return (string)template["name"]!;
    }

    private string Name(string kind) => $"{kind}{++named}";

    private bool Chance(double probability) => random.NextDouble() < probability;

    private string Pick(params string[] choices) => choices[random.Next(choices.Length)];
}
