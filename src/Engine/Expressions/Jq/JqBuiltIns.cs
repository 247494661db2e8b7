namespace Argosy.Engine.Expressions.Jq;

/// <summary>The built-in functions that are best said in jq itself.</summary>
internal static class JqBuiltIns
{
    private const string Definitions = """
        def select(f): if f then . else empty end;
        def values: select(. != null);
        def nulls: select(. == null);
        def booleans: select(type == "boolean");
        def numbers: select(type == "number");
        def strings: select(type == "string");
        def arrays: select(type == "array");
        def objects: select(type == "object");
        def iterables: select(type == "array" or type == "object");
        def scalars: select(type != "array" and type != "object");
        def finites: select(isinfinite or isnan | not);
        def normals: select(isnormal);
        def map(f): [.[] | f];
        def map_values(f): .[] |= f;
        def recurse(f; condition): recurse(f | select(condition));
        def repeat(f): recurse(f);
        def any(source; condition): first((source | condition | select(.) | true), false);
        def any(f): any(.[]; f);
        def any: any(.[]; .);
        def all(source; condition): first((source | condition | select(not) | false), true);
        def all(f): all(.[]; f);
        def all: all(.[]; .);
        def isempty(source): first((source | false), true);
        def add: add(.[]);
        def in(container): . as $key | container | has($key);
        def inside(container): . as $part | container | contains($part);
        def to_entries: [keys_unsorted[] as $key | {key: $key, value: .[$key]}];
        def with_entries(f): to_entries | map(f) | from_entries;
        def paths: path(..) | select(length > 0);
        def paths(f): path(.. | select(f)) | select(length > 0);
        def leaf_paths: paths(scalars);
        def del(f): delpaths([path(f)]);
        def pick(f): . as $whole | reduce path(f) as $path (null; setpath($path; $whole | getpath($path)));
        def walk(f): def step: if type == "object" then map_values(step) elif type == "array" then map(step) else . end | f; step;
        def first: .[0];
        def last: .[-1];
        def nth($n): .[$n];
        def nth($n; source): if $n < 0 then error("nth doesn't support negative indices") else first(skip($n; source)) end;
        def combinations: if length == 0 then [] else .[0][] as $head | .[1:] | combinations | [$head] + . end;
        def combinations($n): . as $one | [range($n) | $one] | combinations;
        def transpose: [range(0; map(length) | max // 0) as $i | [.[][$i]]];
        def capture($pattern; $flags): match($pattern; $flags) | [.captures[] | select(.name != null) | {key: .name, value: .string}] | from_entries;
        def capture($pattern): capture($pattern; null);
        def scan($pattern; $flags): match($pattern; "g" + $flags) | if .captures == [] then .string else [.captures[].string] end;
        def scan($pattern): scan($pattern; null);
        def splits($pattern; $flags): split($pattern; $flags)[];
        def splits($pattern): splits($pattern; null);
        def sub($pattern; f): sub($pattern; f; null);
        def gsub($pattern; f): sub($pattern; f; "g");
        def gsub($pattern; f; $flags): sub($pattern; f; "g" + $flags);
        def ascii: [.] | implode;
        def todate: strftime("%Y-%m-%dT%H:%M:%SZ");
        def fromdateiso8601: strptime("%Y-%m-%dT%H:%M:%SZ") | mktime;
        def todateiso8601: todate;
        def fromdate: fromdateiso8601;
        def date: todate;
        def dateadd(unit; $n): . + $n;
        def datesub(unit; $n): . - $n;
        def IN(source): any(source == .; .);
        def IN(source; values): any(source == values; .);
        def INDEX(source; key): reduce source as $row ({}; .[$row | key | tostring] = $row);
        def INDEX(key): INDEX(.[]; key);
        def truncate_stream(source): . as $depth | null | source | . as $event
            | if (.[0] | length) > $depth then setpath([0]; $event[0][$depth:]) else empty end;
        def debug(message): .;
        """;

    private static readonly Dictionary<(string Name, int Arguments), JqFunction> Table = Build();

    public static JqFunction? Find(string name, int arguments) => Table.GetValueOrDefault((name, arguments));

    private static Dictionary<(string, int), JqFunction> Build()
    {
        var table = new Dictionary<(string, int), JqFunction>();
        foreach (var function in JqParser.ParseBuiltIns(Definitions, (name, arguments) => table.GetValueOrDefault((name, arguments))))
        {
            table.Add((function.Name, function.Parameters.Count), function);
        }

        return table;
    }
}
