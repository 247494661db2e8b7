namespace Orleans.Runtime;

/// <summary>Values that travel with calls, from caller to callee and onwards, never back.</summary>
public static class RequestContext
{
    private static readonly AsyncLocal<Dictionary<string, object>?> Values = new();

    /// <summary>The names that have a value.</summary>
    public static IEnumerable<string> Keys => Current?.Keys.ToArray() ?? [];

    /// <summary>Names and values.</summary>
    public static IEnumerable<KeyValuePair<string, object>> Entries => Current?.ToArray() ?? [];

    /// <summary>Never changed once it is in place, so calls may share it; a write puts a copy in its stead.</summary>
    internal static Dictionary<string, object>? Current
    {
        get => Values.Value;
        set => Values.Value = value;
    }

    /// <summary>The value of <paramref name="key"/>, or null.</summary>
    public static object? Get(string key) => Current?.GetValueOrDefault(key);

    /// <summary>Sets a value for the calls that this flow of control makes from now on.</summary>
    public static void Set(string key, object value) =>
        Current = new Dictionary<string, object>(Current ?? []) { [key] = value };

    /// <summary>Removes a value; whether there was one.</summary>
    public static bool Remove(string key)
    {
        if (Current?.ContainsKey(key) is not true)
        {
            return false;
        }

        var remaining = new Dictionary<string, object>(Current);
        remaining.Remove(key);
        Current = remaining.Count == 0 ? null : remaining;
        return true;
    }

    /// <summary>Removes all values.</summary>
    public static void Clear()
    {
        if (Current is not null)
        {
            Current = null;
        }
    }
}
