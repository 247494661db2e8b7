using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;

namespace Argosy.ControlPlane.Resources.Endpoints;

/// <summary>Answers <c>kubectl auth can-i</c>. Whoever gets this far is the hub's admin, who may do everything.</summary>
internal static class AccessReviewEndpoint
{
    public static async Task ReviewAsync(HttpContext http, long limitBytes)
    {
        var review = await RequestBody.ReadObjectAsync(http, limitBytes) ?? throw ApiErrors.BadRequest("the body is empty");
        review["apiVersion"] = "authorization.k8s.io/v1";
        review["kind"] = "SelfSubjectAccessReview";
        review["status"] = new JsonObject { ["allowed"] = true, ["reason"] = "the token is the hub admin's" };
        await ApiAnswers.WriteAsync(http, review, StatusCodes.Status201Created);
    }
}
