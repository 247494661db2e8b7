using Argosy.Engine.Synchronization;

namespace Argosy.Engine.Tests.Synchronization;

public sealed class LockTableTests
{
    private static readonly LockName Red = new("default", LockKind.Mutex, "red", null);
    private static readonly LockName Blue = new("default", LockKind.Mutex, "blue", null);
    private static readonly LockName Map = new("default", LockKind.ConfigMapSemaphore, "my-config", "workflow");
    private static readonly LockName Rows = new("default", LockKind.DatabaseSemaphore, "workflow", null);

    private readonly LockTable table = new();
    private readonly Dictionary<LockName, int> limits = [];

    private static LockClaim Claim(string workflow, params LockName[] locks) => Claim(workflow, 0, 0, locks);

    private static LockClaim Claim(string workflow, int priority, int age, params LockName[] locks) =>
        new(new ClaimId(workflow, 0), "default/" + workflow, locks, priority, DateTimeOffset.UnixEpoch.AddSeconds(-age));

    private string[] Grant() => [.. table.Grant().Select(claim => claim.Id.WorkflowUid)];

    private string[] Ask(params LockClaim[] claims)
    {
        foreach (var claim in claims)
        {
            table.Ask(claim);
        }

        foreach (var (name, limit) in limits)
        {
            table.SetLimit(name, limit);
        }

        return Grant();
    }

    private string[] Release(string workflow)
    {
        table.Release(new ClaimId(workflow, 0));
        return Grant();
    }

    [Fact]
    public void Mutex_IsGivenToOne_AndToTheNextWhenItIsFree()
    {
        Assert.Equal(["a"], Ask(Claim("a", Red), Claim("b", Red)));

        Assert.Equal("Waiting for default/Mutex/red lock. Lock status: 0/1", table.WaitOf(new ClaimId("b", 0))!.Message);
        Assert.Equal(["b"], Release("a"));
    }

    [Fact]
    public void Waiters_GoByPriority_ThenByAge_ThenByArrival()
    {
        Ask(Claim("holder", Red));
        Ask(Claim("late", 0, 0, Red), Claim("later", 0, 0, Red), Claim("old", 0, 60, Red), Claim("urgent", 5, 0, Red));

        List<string> order = ["holder"];
        while (Release(order[^1]) is [var next])
        {
            order.Add(next);
        }

        Assert.Equal(["holder", "urgent", "old", "late", "later"], order);
    }

    [Fact]
    public void SeveralLocks_AreGivenTogetherOrNotAtAll()
    {
        Ask(Claim("red", Red));
        Assert.Empty(Ask(Claim("both", Blue, Red)));
        Assert.Equal(0, table.HoldersOf(Blue));

        Assert.Equal(["both"], Release("red"));
        Assert.Equal((1, 1), (table.HoldersOf(Red), table.HoldersOf(Blue)));
    }

    [Fact]
    public void Waiter_ThatIsNotFirstInAllItsQueues_LetsTheFirstGo_AndIsPassedByNobodyBehindIt()
    {
        Ask(Claim("red", Red));
        Assert.Empty(Ask(Claim("both", 1, 0, Blue, Red), Claim("blue", Blue)));

        Assert.Equal(["both"], Release("red"));
        Assert.Equal(["blue"], Release("both"));
    }

    [Fact]
    public void Limit_MayBeRaisedAndLowered_WhileClaimsWait()
    {
        limits[Map] = 1;
        Assert.Equal(["a"], Ask(Claim("a", Map), Claim("b", Map), Claim("c", Map), Claim("d", Map)));

        table.SetLimit(Map, 3);
        Assert.Equal(["b", "c"], Grant());

        table.SetLimit(Map, 1);
        Assert.Empty(Release("a"));
        Assert.Empty(Release("b"));
        Assert.Equal(["d"], Release("c"));
    }

    [Theory]
    [InlineData("map", "Waiting for default/ConfigMap/my-config/workflow lock. Lock status: 1/3")]
    [InlineData("rows", "Waiting for default/Database/workflow lock. Lock status: 2/3")]
    public void Message_OfAConfigMapSaysWhatIsFree_OfADatabaseWhatIsHeld(string kind, string message)
    {
        var name = kind == "map" ? Map : Rows;
        limits[name] = 3;
        Ask(Claim("red", Red), Claim("a", name), Claim("b", name));
        Ask(Claim("first", 2, 0, name, Red), Claim("second", 1, 0, name));

        Assert.Equal(message, table.WaitOf(new ClaimId("second", 0))!.Message);
    }

    [Fact]
    public void LimitThatIsGone_KeepsWhatIsHeld_AndSaysSo()
    {
        limits[Map] = 1;
        Ask(Claim("a", Map), Claim("b", Map));
        table.SetLimit(Map, null);

        Assert.Equal("Failed to get semaphore limit for default/ConfigMap/my-config/workflow", table.WaitOf(new ClaimId("b", 0))!.Message);
        Assert.Empty(Release("a"));
    }

    [Fact]
    public void RestoredHold_IsNeverGivenToASecond_AndAskingAgainChangesNothing()
    {
        table.Restore(Claim("a", Red));
        Assert.Empty(Ask(Claim("b", Red), Claim("a", Red)));

        Assert.True(table.Holds(new ClaimId("a", 0)));
        Assert.Equal(["b"], Release("a"));
    }

    [Fact]
    public void AnyStory_HoldsNoMoreThanTheLimit_AndForgetsNoWaiter()
    {
        for (var seed = 1; seed <= 300; seed++)
        {
            var random = new Random(seed);
            var story = new LockTable();
            LockName[] names = [Red, Blue, Map, Rows];
            Dictionary<LockName, int> limits = new() { [Red] = 1, [Blue] = 1, [Map] = 2, [Rows] = 3 };
            Dictionary<ClaimId, LockClaim> open = [];
            HashSet<ClaimId> held = [];
            for (var turn = 0; turn < 200; turn++)
            {
                switch (random.Next(5))
                {
                    case 0 or 1:
                        var claim = new LockClaim(
                            new ClaimId($"w{random.Next(12)}", random.Next(3)), "h", [.. names.Where(_ => random.Next(2) == 0)], random.Next(3),
                            DateTimeOffset.UnixEpoch.AddSeconds(random.Next(3)));
                        if (claim.Locks.Count > 0 && open.TryAdd(claim.Id, claim))
                        {
                            story.Ask(claim);
                            Array.ForEach(names, name => story.SetLimit(name, limits[name]));
                        }

                        break;
                    case 2 when open.Count > 0:
                        var gone = open.Keys.ElementAt(random.Next(open.Count));
                        story.Release(gone);
                        open.Remove(gone);
                        held.Remove(gone);
                        break;
                    case 3:
                        limits[Map] = random.Next(0, 4);
                        story.SetLimit(Map, limits[Map]);
                        break;
                    default:
                        break;
                }

                var room = names.ToDictionary(name => name, name => limits[name] - held.Count(id => open[id].Locks.Contains(name)));
                foreach (var granted in story.Grant())
                {
                    Assert.True(held.Add(granted.Id), $"seed {seed}: granted twice");
                    Assert.All(granted.Locks, name => Assert.True(--room[name] >= 0, $"seed {seed}: {name} has too many holders"));
                }

                // The first of all waiters is held up only by holders, never by another waiter.
                var first = open.Values.Where(claim => !held.Contains(claim.Id)).OrderByDescending(claim => claim.Priority).ThenBy(claim => claim.CreatedAt).ToList();
                if (first.Count > 0 && first.Count(claim => (claim.Priority, claim.CreatedAt) == (first[0].Priority, first[0].CreatedAt)) == 1)
                {
                    Assert.Contains(first[0].Locks, name => held.Count(id => open[id].Locks.Contains(name)) >= limits[name]);
                }

                Assert.All(open.Keys.Where(id => !held.Contains(id)), id => Assert.NotNull(story.WaitOf(id)));
            }

            limits[Map] = 3;
            story.SetLimit(Map, 3);
            while (open.Count > 0)
            {
                held.UnionWith(story.Grant().Select(claim => claim.Id));
                Assert.NotEmpty(held);
                var done = held.First();
                story.Release(done);
                held.Remove(done);
                open.Remove(done);
            }

            Assert.Empty(story.Grant());
        }
    }
}
