using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Argosy.ClusterAgent.Executors;
using Argosy.ClusterAgent.Pods;
using Argosy.Contracts.Agents;

namespace Argosy.ClusterAgent.Kubernetes.Pods;

/// <summary>
/// Adds the executor to a pod: an init container that brings it, the plan of what it has to do, and itself before the commands of the main containers
/// and sidecars.
/// </summary>
internal sealed class ExecutorInjection(PodOptions options, FindImageCommand findCommand)
{
    public const string Program = "/var/run/argo/argosy-executor";

    private const string Shared = "var-run-argo";
    private const string Staging = "argo-staging";
    private const string Inputs = "input-artifacts";
    private const string Token = "argosy-token";
    private const string InputFolder = "/argo/inputs/artifacts";
    private const string MainFileSystem = "/mainctrfs";
    private const string TokenFolder = "/var/run/argo-token";
    private const string PlanVariable = "ARGOSY_PLAN_";

    // Of a pod's grace: a command that was killed leaves outputs too, and the kubelet kills the executor when the grace is over.
    private const int SecondsForOutputs = 2;

    // The kubelet shows so much of one termination message, and so much of all that a pod's containers may write.
    private const int LongestMessage = 4096;
    private const int LongestMessages = 12 * 1024;

    // Base64 of this many bytes stays below the 128 KiB that Linux allows a variable.
    private const int BytesInVariable = 90_000;

    /// <exception cref="PodRefusedException">The command of a container is not known and cannot be found out.</exception>
    public async Task AddAsync(
        JsonObject spec, PodIntent intent, JsonObject template, IReadOnlyList<string> mains, CancellationToken cancellationToken)
    {
        var containers = spec.Items("containers").ToList();
        var wrapped = new Dictionary<string, ContainerPlan>(StringComparer.Ordinal);
        foreach (var container in containers)
        {
            var name = container.Text("name") ?? "";
            if (await WrapAsync(container, name, spec, intent, isMain: mains.Contains(name), cancellationToken))
            {
                wrapped[name] = PlanOf(name, template, mains);
            }
        }

        var main = containers.Find(container => container.Text("name") == "main") ?? containers[0];
        var places = MountInputs(main, intent);
        var init = Init(spec, main, places.Values.Any(IsInMain));
        Volume(spec, Shared, new JsonObject { ["emptyDir"] = new JsonObject() });
        Volume(spec, Token, new JsonObject
        {
            ["projected"] = new JsonObject
            {
                ["defaultMode"] = 420,
                ["sources"] = new JsonArray(new JsonObject
                {
                    ["serviceAccountToken"] = new JsonObject { ["path"] = "token", ["audience"] = PodAuthentication.Audience, ["expirationSeconds"] = 3600 },
                }),
            },
        });
        Mount(init, Token, TokenFolder, readOnly: true);
        Mount(main, Token, TokenFolder, readOnly: true);
        if (template["script"] is JsonObject)
        {
            Volume(spec, Staging, new JsonObject { ["emptyDir"] = new JsonObject() });
            Mount(init, Staging, "/argo/staging");
            Mount(main, Staging, "/argo/staging");
        }

        if (places.Values.Any(place => !IsInMain(place)))
        {
            Volume(spec, Inputs, new JsonObject { ["emptyDir"] = new JsonObject() });
            Mount(init, Inputs, InputFolder);
        }

        spec["initContainers"] = new JsonArray([init, .. spec.Items("initContainers").Select(other => other.DeepClone())]);
        var plan = PlanOf(intent, template, places, wrapped) with
        {
            MessageBytes = Math.Min(LongestMessage, LongestMessages / (containers.Count + spec.Items("initContainers").Count())),
        };
        init["env"] = Variables(Encoding.UTF8.GetBytes(plan.ToJson()));
    }

    private static bool IsInMain(string place) => place.StartsWith(MainFileSystem + "/", StringComparison.Ordinal);

    /// <returns>Whether the executor runs the container; a sidecar whose command nobody knows is left as it is, and ended by the agent.</returns>
    private async Task<bool> WrapAsync(
        JsonObject container, string name, JsonObject spec, PodIntent intent, bool isMain, CancellationToken cancellationToken)
    {
        if (container["command"] is not JsonArray { Count: > 0 })
        {
            try
            {
                var pullSecrets = spec.Items("imagePullSecrets").Select(secret => secret.Text("name") ?? "").ToList();
                var command = await findCommand(container.Text("image") ?? "", intent, pullSecrets, cancellationToken);
                container["command"] = Texts(command.Entrypoint);
                container["args"] ??= Texts(command.Cmd);
            }
            catch (PodRefusedException) when (!isMain)
            {
                return false;
            }
        }

        var words = (container["command"] as JsonArray ?? []).Concat(container["args"] as JsonArray ?? []).Select(word => word?.DeepClone()).ToArray();
        container["command"] = Texts([Program, "run", "--container", name, "--"]);
        container["args"] = new JsonArray(words);
        container.Remove("terminationMessagePath");
        container.Remove("terminationMessagePolicy");
        Mount(container, Shared, "/var/run/argo");
        return true;
    }

    private static ContainerPlan PlanOf(string name, JsonObject template, IReadOnlyList<string> mains)
    {
        if (!mains.Contains(name))
        {
            return new ContainerPlan { Role = ContainerRole.Sidecar };
        }

        if (template["containerSet"] is not JsonObject set)
        {
            return new ContainerPlan { Role = ContainerRole.Main };
        }

        var member = set.Items("containers").First(container => container.Text("name") == name);
        var retry = set["retryStrategy"] as JsonObject;
        return new ContainerPlan
        {
            Role = ContainerRole.Set,
            Dependencies = [.. (member["dependencies"] as JsonArray ?? []).Select(dependency => dependency?.ToString() ?? "")],
            Retries = retry?.Number("retries") ?? 0,
            RetryPauseMilliseconds = retry?.Text("duration") is { Length: > 0 } pause ? (long)GoDuration.Parse(pause).TotalMilliseconds : 0,
        };
    }

    private ExecutorPlan PlanOf(
        PodIntent intent, JsonObject template, Dictionary<string, string> places, Dictionary<string, ContainerPlan> containers) => new()
    {
        AgentUrls = [.. options.ExecutorUrls()],
        GraceSeconds = Math.Max((int)intent.TerminationGraceSeconds - SecondsForOutputs, 1),
        Script = (template["script"] as JsonObject)?.Text("source") ?? (template["script"] is JsonObject ? "" : null),
        Inputs = [.. intent.InputArtifacts.Select(input => new InputPlan
        {
            Name = input.Name,
            Path = input.Path,
            Target = places[input.Name],
            Archive = input.Archive,
            Mode = input.Mode,
            RecurseMode = input.RecurseMode,
            SubPath = input.SubPath,
            Optional = input.Optional,
            Digest = input.Digest,
        })],
        Parameters = [.. intent.OutputParameters.Select(output => new ParameterPlan
        {
            Name = output.Name, Path = output.Path, HasDefault = output.HasDefault, Default = output.Default,
        })],
        Artifacts = [.. intent.OutputArtifacts.Where(output => output.LogOf.Length == 0).Select(output => new OutputPlan
        {
            Name = output.Name, Path = output.Path, Archive = output.Archive, CompressionLevel = output.CompressionLevel, Optional = output.Optional,
        })],
        CaptureResult = intent.CaptureResult,
        OutputsOf = containers.ContainsKey("main") ? "main" : containers.First(container => container.Value.Role != ContainerRole.Sidecar).Key,
        Containers = containers,
    };

    /// <summary>
    /// Where the init container puts each input. One that lies in a volume of the main container goes there, the others into a volume of which the main
    /// container sees them at their paths.
    /// </summary>
    private static Dictionary<string, string> MountInputs(JsonObject main, PodIntent intent)
    {
        var mounts = main.Items("volumeMounts").Select(mount => mount.Text("mountPath")?.TrimEnd('/') ?? "").ToList();
        var places = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var input in intent.InputArtifacts)
        {
            if (mounts.Exists(mount => input.Path == mount || input.Path.StartsWith(mount + "/", StringComparison.Ordinal)))
            {
                places[input.Name] = MainFileSystem + input.Path;
                continue;
            }

            places[input.Name] = $"{InputFolder}/{input.Name}";
            Mount(main, Inputs, input.Path)["subPath"] = input.Name;
        }

        return places;
    }

    private JsonObject Init(JsonObject spec, JsonObject main, bool writesIntoMain)
    {
        var init = new JsonObject
        {
            ["name"] = "init",
            ["image"] = options.Image,
            ["imagePullPolicy"] = "IfNotPresent",
            ["command"] = Texts(["/app/executor/argosy-executor", "init"]),
        };
        var security = new JsonObject
        {
            ["allowPrivilegeEscalation"] = false, ["readOnlyRootFilesystem"] = true, ["capabilities"] = new JsonObject { ["drop"] = new JsonArray("ALL") },
        };
        foreach (var field in new[] { "runAsUser", "runAsGroup", "runAsNonRoot" })
        {
            if (main["securityContext"]?[field] is { } value)
            {
                security[field] = value.DeepClone();
            }
        }

        // A volume of the step's own belongs to whom the step runs as: root, unless somebody says otherwise.
        if (writesIntoMain && security["runAsUser"] is null && security["runAsNonRoot"] is null
            && spec["securityContext"]?["runAsUser"] is null && spec["securityContext"]?["runAsNonRoot"] is null)
        {
            security["runAsUser"] = 0;
            security.Remove("capabilities"); // root without any may not write what is not its own
        }

        init["securityContext"] = security;

        // As much as the main container: what the pod asks for in all stays the same, and so does its class of service.
        if (Resources(main) is { } resources)
        {
            init["resources"] = resources;
        }

        Mount(init, Shared, "/var/run/argo");
        if (writesIntoMain)
        {
            foreach (var mount in main.Items("volumeMounts").Where(mount => mount.Text("name") != Shared && mount.Text("name") != Inputs))
            {
                var same = (JsonObject)mount.DeepClone();
                same["mountPath"] = MainFileSystem + mount.Text("mountPath");
                ((JsonArray)init["volumeMounts"]!).Add((JsonNode)same);
            }
        }

        return init;
    }

    private static JsonObject? Resources(JsonObject main)
    {
        var copied = new JsonObject();
        foreach (var field in new[] { "requests", "limits" })
        {
            if (main["resources"]?[field] is JsonObject of)
            {
                copied[field] = new JsonObject(of.Where(pair => pair.Key is "cpu" or "memory").Select(pair => KeyValuePair.Create(pair.Key, pair.Value?.DeepClone())));
            }
        }

        return copied.Count > 0 ? copied : null;
    }

    /// <summary>The plan in variables of the init container: there is room for a long script, and no second object whose life had to be looked after.</summary>
    private static JsonArray Variables(byte[] plan) => [.. plan.Chunk(BytesInVariable).Select((part, index) => (JsonNode)new JsonObject
    {
        ["name"] = PlanVariable + index.ToString(CultureInfo.InvariantCulture), ["value"] = Convert.ToBase64String(part),
    })];

    private static void Volume(JsonObject spec, string name, JsonObject source)
    {
        if (spec["volumes"] is not JsonArray volumes)
        {
            spec["volumes"] = volumes = [];
        }

        source["name"] = name;
        volumes.Add((JsonNode)source);
    }

    private static JsonObject Mount(JsonObject container, string volume, string path, bool readOnly = false)
    {
        if (container["volumeMounts"] is not JsonArray mounts)
        {
            container["volumeMounts"] = mounts = [];
        }

        var mount = new JsonObject { ["name"] = volume, ["mountPath"] = path };
        if (readOnly)
        {
            mount["readOnly"] = true;
        }

        mounts.Add((JsonNode)mount);
        return mount;
    }

    private static JsonArray Texts(IEnumerable<string> words) => [.. words.Select(word => (JsonNode)word)];
}
