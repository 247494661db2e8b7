using System.Net;
using System.Net.Sockets;
using Argosy.Scenarios.Hubs;

namespace Argosy.Scenarios.Corpus;

/// <summary>What the images of upstream's examples bring and this machine may lack, as small scripts.</summary>
internal static class CorpusShims
{
    public const int HttpPort = 80;

    /// <summary>Languages and tools of the examples that no script stands for.</summary>
    public static readonly IReadOnlyList<string> Needed = ["bash", "awk", "od", "curl", "python3", "node"];

    public static ShimFolder Write()
    {
        var shims = new ShimFolder();
        shims.WriteProgram("sh", "#!/bin/sh\nexec bash \"$@\"\n"); // busybox's takes >& as bash does
        shims.WriteProgram("cowsay", "#!/bin/sh\necho \"< $* >\"\n");
        shims.WriteProgram("argosay", Argosay);
        shims.WriteProgram("apk", "#!/bin/sh\nexit 0\n");
        shims.WriteProgram("python", Python(shims));
        shims.WriteFile("sitecustomize.py", Dice);
        WriteServers(shims);
        return shims;
    }

    private const string Argosay =
        """
        #!/bin/sh
        # argoproj/argosay:v2
        case "$1" in
          '') echo 'hello argo' ;;
          echo) if [ -n "$3" ]; then printf '%s' "$2" >"$3"; else printf '%s' "$2"; fi ;;
          cat) shift; cat "$@" ;;
          sleep) sleep "$2" ;;
          exit) exit "${2:-0}" ;;
          *) echo "argosay: unknown command $1" >&2; exit 1 ;;
        esac

        """;

    // Some examples throw dice, and may fail by them. The same node throws the same numbers each time, so that the test tells the same story.
    private const string Dice =
        """
        import os, random
        random.seed(os.environ.get("ARGO_NODE_ID"))

        """;

    private static string Python(ShimFolder shims) =>
        $"""
        #!/bin/sh
        PYTHONPATH='{shims["."]}' PYTHONDONTWRITEBYTECODE=1 exec '{ShimFolder.Installed("python3")}' "$@"

        """;

    /// <summary>
    /// Pods share this machine's network, so a server listens on a port that is free and the client is told to connect there.
    /// </summary>
    private static void WriteServers(ShimFolder shims)
    {
        var (nginx, influx) = (MayListenOn(HttpPort) ? HttpPort : FreePort(), FreePort());
        shims.WriteFile("serve.py", Server);
        shims.WriteProgram("nginx", $"#!/bin/sh\nexec python '{shims["serve.py"]}' {nginx}\n");
        shims.WriteProgram("influxd", $"#!/bin/sh\nexec python '{shims["serve.py"]}' {influx}\n");
        shims.WriteProgram("curl", $"#!/bin/sh\nexec '{ShimFolder.Installed("curl")}' --connect-to :80:127.0.0.1:{nginx} --connect-to :8086:127.0.0.1:{influx} \"$@\"\n");
    }

    // Several pods may serve at once.
    private const string Server =
        """
        import http.server, socket, sys

        class Hello(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                self.rfile.read(int(self.headers.get("Content-Length") or 0))
                self.send_response(200)
                self.end_headers()
                self.wfile.write(b"hello\n")

            do_POST = do_GET

        class Server(http.server.ThreadingHTTPServer):
            def server_bind(self):
                self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
                super().server_bind()

        Server(("127.0.0.1", int(sys.argv[1])), Hello).serve_forever()

        """;

    /// <summary>Whether a step may serve on a port of this machine.</summary>
    public static bool MayListenOn(int port)
    {
        try
        {
            using var listener = new TcpListener(IPAddress.Loopback, port);
            listener.Start();
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
