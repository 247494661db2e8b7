namespace Argosy.Clusters.PodTable;

/// <summary>How each pod goes wrong.</summary>
internal static class PodTableRows
{
    public static readonly IReadOnlyDictionary<string, string> Templates = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["no-image"] =
            """
            activeDeadlineSeconds: 45
            container: {image: "argosy/there-is-no-such-image:1", command: ["true"]}
            """,
        ["out-of-memory"] =
            """
            container:
              image: busybox
              command: [sh, -c, "head -c 200m /dev/zero | tail"]
              resources: {limits: {memory: 24Mi}}
            """,
        ["unschedulable"] =
            """
            activeDeadlineSeconds: 30
            nodeSelector: {there-is: no-such-node}
            container: {image: busybox, command: ["true"]}
            """,
        ["no-input"] =
            """
            inputs:
              artifacts: [{name: data, path: /tmp/data, s3: {key: there-is/no-such-object}}]
            container: {image: busybox, command: [cat, /tmp/data]}
            """,
        ["no-config"] =
            """
            activeDeadlineSeconds: 45
            container:
              image: busybox
              command: ["true"]
              env: [{name: WORD, valueFrom: {configMapKeyRef: {name: there-is-no-such-map, key: word}}}]
            """,
        ["deleted"] =
            """
            container: {image: busybox, command: [sleep, "300"]}
            """,
        ["evicted"] =
            """
            container: {image: busybox, command: [sleep, "300"]}
            """,
        ["deadline"] =
            """
            activeDeadlineSeconds: 10
            container: {image: busybox, command: [sleep, "300"]}
            """,
        ["exit-code"] =
            """
            container: {image: busybox, command: [sh, -c, "exit 3"]}
            """,
        ["no-command"] =
            """
            container: {image: busybox, command: [there-is-no-such-command]}
            """,
        ["no-command-wrapped"] =
            """
            container: {image: busybox, command: [there-is-no-such-command]}
            outputs: {parameters: [{name: word, valueFrom: {path: /tmp/word, default: none}}]}
            """,
        ["no-output"] =
            """
            container: {image: busybox, command: ["true"]}
            outputs: {parameters: [{name: word, valueFrom: {path: /tmp/there-is-no-such-file}}]}
            """,
    };
}
