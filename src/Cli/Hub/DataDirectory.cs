namespace Argosy.Cli.Hub;

/// <summary>Where a hub of this user keeps its data, when nobody says otherwise.</summary>
internal static class DataDirectory
{
    /// <summary><c>$XDG_STATE_HOME/argosy</c>, else <c>~/.local/state/argosy</c>.</summary>
    /// <exception cref="CommandException">The user has no home.</exception>
    public static string Default(Shell shell)
    {
        if (shell.Variable("XDG_STATE_HOME") is { } state && Path.IsPathRooted(state))
        {
            return Path.Combine(state, "argosy");
        }

        return shell.Variable("HOME") is { } home
            ? Path.Combine(home, ".local", "state", "argosy")
            : throw new CommandException("neither XDG_STATE_HOME nor HOME is set: say where to keep data, with --data DIR");
    }
}
