using System.Text.Json.Nodes;
using Argosy.Engine.Manifests;

namespace Argosy.Engine.Validation;

/// <summary>The rules of a workflow's spec; its templates follow one by one.</summary>
internal sealed class SpecRules(ValidationRun run, JsonObject metadata, JsonObject spec, string path)
{
    private static readonly string[] AlwaysKnown = ["name", "namespace", "mainEntrypoint", "serviceAccountName", "uid", "status"];

    private readonly Problems problems = run.Problems;
    private readonly JsonObject? templateRef = spec.ObjectAt("workflowTemplateRef");

    public void Check()
    {
        var own = new TemplateHome("workflow", spec);
        var home = templateRef == null ? own : FindReferenced();
        var arguments = MergeArguments(home?.Spec);
        NameRules.CheckNames(problems, spec, "templates", path, "spec.templates", NameRules.FieldNameProblem);
        ArgumentRules.Check(problems, arguments, $"{path}.arguments", "spec.arguments.", run.Options.Lint || run.OfTemplate);
        AddGlobals(home?.Spec, arguments);
        if (home != null)
        {
            CheckEntrypoint(home, arguments);
            CheckExit(home, arguments);
            VisitTemplates(home);
        }

        HookRules.Check(problems, spec, path, "hooks");
        CheckPodGC();
        PlacementRules.Check(problems, spec, path);
        PlacementRules.CheckAnnotations(problems, metadata, "metadata");
        TemplateGlobals.Add(run, home);
        while (run.TryTake(out var next))
        {
            new TemplateRules(run, next.Home, next.Template, next.Path, null).Check();
        }
    }

    private TemplateHome? FindReferenced()
    {
        var at = $"{path}.workflowTemplateRef";
        if (spec["templates"] is JsonArray { Count: > 0 })
        {
            problems.Add($"{path}.templates", "Templates is invalid field in spec if workflow referred WorkflowTemplate reference");
        }

        var name = templateRef!.TextAt("name") ?? "";
        if (name.Length == 0)
        {
            problems.Add($"{at}.name", "resource name is required");
            return null;
        }

        var clusterScope = templateRef!.FlagAt("clusterScope");
        var home = Tags.In(name) ? null : run.FindHome(clusterScope, name);
        if (home == null && !run.Options.Offline && !Tags.In(name))
        {
            problems.Add(at, $"{(clusterScope ? "clusterworkflowtemplates" : "workflowtemplates")}.argoproj.io \"{name}\" not found");
        }

        return home;
    }

    /// <summary>The submitted arguments, and those of the workflow template that have other names.</summary>
    private JsonObject MergeArguments(JsonObject? referenced)
    {
        var merged = spec.ObjectAt("arguments")?.DeepClone().AsObject() ?? [];
        if (templateRef == null || referenced?.ObjectAt("arguments") is not { } further)
        {
            return merged;
        }

        foreach (var field in new[] { "parameters", "artifacts" })
        {
            var names = merged.ObjectsAt(field).Select(item => item.Value.TextAt("name")).ToHashSet();
            var added = further.ObjectsAt(field).Where(item => !names.Contains(item.Value.TextAt("name"))).Select(item => item.Value);
            merged[field] = new JsonArray([.. merged.ObjectsAt(field).Select(item => item.Value).Concat(added).Select(item => item.DeepClone())]);
        }

        return merged;
    }

    private void AddGlobals(JsonObject? referenced, JsonObject arguments)
    {
        foreach (var name in AlwaysKnown)
        {
            run.Globals.Add($"workflow.{name}");
        }

        foreach (var (_, parameter) in arguments.ObjectsAt("parameters"))
        {
            run.Globals.Add("workflow.parameters");
            run.Globals.Add("workflow.parameters.json");
            run.Globals.Add($"workflow.parameters.{parameter.TextAt("name")}");
        }

        foreach (var field in new[] { "labels", "annotations" })
        {
            run.Globals.Add($"workflow.{field}");
            run.Globals.Add($"workflow.{field}.json");

            // Argo puts its own labels and annotations on workflows when they are submitted.
            run.Globals.Open($"workflow.{field}.workflows");
        }

        var defaults = run.Options.WorkflowDefaults?.ObjectAt("spec");
        var sources = new[] { spec, referenced, defaults }.Select(each => each?.ObjectAt("workflowMetadata")).Append(metadata);
        foreach (var source in sources.OfType<JsonObject>())
        {
            AddKeys("workflow.labels", source.ObjectAt("labels"));
            AddKeys("workflow.labels", source.ObjectAt("labelsFrom"));
            AddKeys("workflow.annotations", source.ObjectAt("annotations"));
        }

        if (spec["priority"] != null)
        {
            run.Globals.Add("workflow.priority");
        }

        if (new[] { spec, referenced }.Any(each => each != null && (each.Has("onExit") || each.Has("hooks"))))
        {
            run.Globals.Add("workflow.failures");
        }
    }

    private void AddKeys(string prefix, JsonObject? keyed)
    {
        foreach (var (key, _) in keyed ?? [])
        {
            run.Globals.Add($"{prefix}.{key}");
        }
    }

    private void CheckEntrypoint(TemplateHome home, JsonObject arguments)
    {
        var entrypoint = spec.TextAt("entrypoint") is { Length: > 0 } own ? own : home.Spec.TextAt("entrypoint") ?? "";
        if (entrypoint.Length > 0)
        {
            CheckRoot(home, entrypoint, $"{path}.entrypoint", arguments);
        }
        else if (!run.OfTemplate)
        {
            problems.Add($"{path}.entrypoint", "spec.entrypoint is required");
        }
    }

    private void CheckExit(TemplateHome home, JsonObject arguments)
    {
        if ((spec.TextAt("onExit") is { Length: > 0 } own ? own : home.Spec.TextAt("onExit")) is { Length: > 0 } onExit)
        {
            CheckRoot(home, onExit, $"{path}.onExit", arguments);
        }
    }

    private void CheckRoot(TemplateHome home, string name, string at, JsonObject arguments)
    {
        if (Tags.In(name))
        {
            return;
        }

        if (home.Find(name) is not { } template)
        {
            problems.Add(at, templateRef == null ? $"template name '{name}' undefined" : $"template reference {templateRef.TextAt("name")}.{name} not found");
        }
        else if (!run.OfTemplate && !run.Options.Lint)
        {
            InputRules.CheckSupplied(problems, template, arguments, at, "");
        }
    }

    private void VisitTemplates(TemplateHome home)
    {
        if (templateRef != null)
        {
            foreach (var template in home.Templates)
            {
                run.Visit(home, template, $"{path}.workflowTemplateRef");
            }

            return;
        }

        foreach (var (i, template) in spec.ObjectsAt("templates"))
        {
            run.Visit(home, template, $"{path}.templates[{i}]");
        }
    }

    private void CheckPodGC()
    {
        if (spec.ObjectAt("podGC") is not { } podGC)
        {
            return;
        }

        if (podGC.TextAt("strategy") is { } strategy
            && strategy is not ("" or "OnPodCompletion" or "OnPodSuccess" or "OnWorkflowCompletion" or "OnWorkflowSuccess"))
        {
            problems.Add($"{path}.podGC.strategy", $"podGC.strategy unknown strategy '{strategy}'");
        }

        if (podGC.ObjectAt("labelSelector") is { } selector && LabelSelectors.Problem(selector) is { } why)
        {
            problems.Add($"{path}.podGC.labelSelector", $"podGC.labelSelector invalid: {why}");
        }
    }
}
