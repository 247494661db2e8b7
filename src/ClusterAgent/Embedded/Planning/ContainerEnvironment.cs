using System.Globalization;
using System.Text;
using Argosy.ClusterAgent.Embedded.Supervision;
using Argosy.Contracts.Agents;

namespace Argosy.ClusterAgent.Embedded.Planning;

/// <summary>
/// A container's variables, later ones winning: the machine's few, Argo's, envFrom, env. Nothing of the agent's own environment but the
/// search path and the home folder.
/// </summary>
internal sealed class ContainerEnvironment(PodIntent intent, Configurations configurations)
{
    /// <summary>Linux takes no single variable longer than this, its name and the closing zero included.</summary>
    private const int LongestVariable = 128 * 1024;

    public const string ProgressFile = "/var/run/argo/progress";

    public async Task<IReadOnlyDictionary<string, string>> BuildAsync(ContainerSpec container, CancellationToken cancellationToken)
    {
        var variables = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["PATH"] = PodSupervisor.ContainerPath,
            ["HOME"] = Environment.GetEnvironmentVariable("HOME") is { Length: > 0 } home ? home : "/",
            ["TMPDIR"] = "/tmp",
            ["HOSTNAME"] = intent.PodName,
        };
        AddArgo(variables, container.Name);
        foreach (var source in container.EnvFrom)
        {
            await AddAllAsync(variables, source, cancellationToken);
        }

        foreach (var variable in container.Env)
        {
            if (await ValueAsync(variable, variables, cancellationToken) is { } value)
            {
                variables[variable.Name] = value;
            }
        }

        return variables;
    }

    private void AddArgo(Dictionary<string, string> variables, string container)
    {
        var fits = Encoding.UTF8.GetByteCount(intent.TemplateJson) + "ARGO_TEMPLATE=".Length < LongestVariable;
        variables["ARGO_CONTAINER_NAME"] = container;
        variables["ARGO_TEMPLATE"] = fits ? intent.TemplateJson : "offloaded";
        variables["ARGO_NODE_ID"] = intent.Key.NodeId;
        variables["ARGO_WORKFLOW_NAME"] = intent.Key.Workflow;
        variables["ARGO_WORKFLOW_UID"] = intent.Key.WorkflowUid;
        variables["ARGO_POD_NAME"] = intent.PodName;
        variables["ARGO_INCLUDE_SCRIPT_OUTPUT"] = intent.CaptureResult ? "true" : "false";
        variables["ARGO_DEADLINE"] =
            (intent.Deadline?.ToDateTime() ?? DateTime.MinValue).ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture);
        variables["ARGO_PROGRESS_FILE"] = ProgressFile;
        variables["ARGO_TERMINATION_GRACE_PERIOD_SECONDS"] = intent.TerminationGraceSeconds.ToString(CultureInfo.InvariantCulture);
    }

    private async Task AddAllAsync(Dictionary<string, string> variables, EnvFrom source, CancellationToken cancellationToken)
    {
        var values = source switch
        {
            { ConfigMapRef: { } map } => await configurations.ReadAsync(ConfigurationKind.ConfigMap, map.Name, map.Optional, cancellationToken),
            { SecretRef: { } secret } => await configurations.ReadAsync(ConfigurationKind.Secret, secret.Name, secret.Optional, cancellationToken),
            _ => null,
        };
        foreach (var (key, value) in values ?? new Dictionary<string, string>())
        {
            variables[source.Prefix + key] = value;
        }
    }

    private async Task<string?> ValueAsync(EnvVar variable, Dictionary<string, string> before, CancellationToken cancellationToken) =>
        variable.ValueFrom switch
        {
            null => VariableExpansion.Expand(variable.Value ?? "", before),
            { ConfigMapKeyRef: { } map } => await configurations.ReadKeyAsync(ConfigurationKind.ConfigMap, map, cancellationToken),
            { SecretKeyRef: { } secret } => await configurations.ReadKeyAsync(ConfigurationKind.Secret, secret, cancellationToken),
            { FieldRef: { } field } => Field(field.FieldPath),
            _ => throw new PodPlanException(
                $"env {variable.Name}: an embedded cluster knows secretKeyRef, configMapKeyRef and fieldRef only; it sets no resource limits"),
        };

    private string Field(string path) => path switch
    {
        "metadata.name" => intent.PodName,
        "metadata.namespace" => intent.Key.Namespace,
        "metadata.uid" => FormattableString.Invariant($"{intent.Key.WorkflowUid}-{intent.Key.NodeId}-{intent.Key.Generation}-{intent.Key.Attempt}"),
        "metadata.labels" => Listed(intent.Labels),
        "metadata.annotations" => Listed(intent.Annotations),
        "spec.nodeName" => Environment.MachineName,
        "spec.serviceAccountName" => intent.ServiceAccount,
        "status.podIP" or "status.podIPs" or "status.hostIP" or "status.hostIPs" => "127.0.0.1",
        _ when Subscript(path, "metadata.labels") is { } label => intent.Labels.GetValueOrDefault(label, ""),
        _ when Subscript(path, "metadata.annotations") is { } annotation => intent.Annotations.GetValueOrDefault(annotation, ""),
        _ => throw new PodPlanException($"fieldPath \"{path}\" is not known to an embedded cluster"),
    };

    private static string Listed(IEnumerable<KeyValuePair<string, string>> map) =>
        string.Join('\n', map.OrderBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => $"{pair.Key}=\"{pair.Value}\""));

    private static string? Subscript(string path, string map) =>
        path.StartsWith(map + "['", StringComparison.Ordinal) && path.EndsWith("']", StringComparison.Ordinal) ? path[(map.Length + 2)..^2] : null;
}
