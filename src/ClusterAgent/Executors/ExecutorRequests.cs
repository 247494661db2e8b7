using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Argosy.ClusterAgent.Executors;

/// <summary>What every request of an executor goes through: whose token it is, and what a failure looks like from outside.</summary>
internal sealed class ExecutorRequests(IExecutorPods pods, PodAuthentication authentication)
{
    private const string Scheme = "Bearer ";

    public async Task ServeAsync(HttpContext http, Func<AuthenticatedPod, CancellationToken, Task> serve)
    {
        var cancellationToken = http.RequestAborted;
        http.Response.Headers[ExecutorEndpoints.Mark] = "executors";
        try
        {
            await serve(await AuthenticateAsync(http, cancellationToken), cancellationToken);
        }
        catch (Exception) when (cancellationToken.IsCancellationRequested)
        {
            // Nobody is left to tell.
        }
        catch (Exception) when (http.Response.HasStarted)
        {
            http.Abort(); // so that what was sent is not taken for the whole
        }
        catch (Exception failure)
        {
            await RefuseAsync(http, ExecutorRefusal.Of(failure), cancellationToken);
        }
    }

    private async Task<AuthenticatedPod> AuthenticateAsync(HttpContext http, CancellationToken cancellationToken)
    {
        var shown = http.Request.Headers.Authorization.ToString();
        if (!shown.StartsWith(Scheme, StringComparison.Ordinal))
        {
            throw new ExecutorRefusal(StatusCodes.Status401Unauthorized, "no token: show the pod's own, for the audience argosy");
        }

        var identity = await authentication.AuthenticateAsync(shown[Scheme.Length..].Trim(), cancellationToken)
            ?? throw new ExecutorRefusal(
                StatusCodes.Status401Unauthorized, $"the API server does not take this token for one of a pod for the audience {PodAuthentication.Audience}");
        var mayCome = pods.MayCome(identity.Namespace, identity.Name); // asked first: it may come in between
        return pods.Find(identity.Namespace, identity.Name, identity.Uid) is { } pod ? new AuthenticatedPod(identity, pod)
            : throw (mayCome ? ExecutorRefusal.NotYetKnown(identity) : ExecutorRefusal.Unknown(identity));
    }

    private static async Task RefuseAsync(HttpContext http, ExecutorRefusal refusal, CancellationToken cancellationToken)
    {
        http.Response.StatusCode = refusal.Status;
        http.Response.ContentType = null;
        await http.Response.WriteAsJsonAsync(new RefusalAnswer(refusal.Message), AnswerJson.Default.RefusalAnswer, cancellationToken: cancellationToken);
    }
}
