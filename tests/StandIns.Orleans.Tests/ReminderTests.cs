using Argosy.StandIns.Orleans.Tests.Silos;
using Microsoft.Extensions.DependencyInjection;
using Orleans;
using Orleans.Hosting;
using Orleans.Runtime;
using Orleans.Runtime.ReminderService;

namespace Argosy.StandIns.Orleans.Tests;

public interface IRemindedGrain : IGrainWithStringKey
{
    Task Remind(string name, TimeSpan due, TimeSpan period);

    Task Forget(string name);

    Task<string[]> Names();

    Task Leave();
}

internal sealed class RemindedGrain(Stage stage) : Grain, IRemindedGrain, IRemindable
{
    public Task Remind(string name, TimeSpan due, TimeSpan period) => this.RegisterOrUpdateReminder(name, due, period);

    public async Task Forget(string name) => await this.UnregisterReminder((await this.GetReminder(name))!);

    public async Task<string[]> Names() => [.. (await this.GetReminders()).Select(reminder => reminder.ReminderName)];

    public Task Leave()
    {
        DeactivateOnIdle();
        return Task.CompletedTask;
    }

    public Task ReceiveReminder(string reminderName, TickStatus status)
    {
        stage.Note($"{this.GetPrimaryKeyString()} {reminderName} after {status.CurrentTickTime - status.FirstTickTime:c}");
        return reminderName == "failing" ? throw new InvalidOperationException("reminder failed") : Task.CompletedTask;
    }
}

public sealed class ReminderTests
{
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    [Fact]
    public async Task Reminder_TicksAfterItsDueTimeAndThenEachPeriod()
    {
        await using var silo = await StartAsync();
        await silo.Grains.GetGrain<IRemindedGrain>("a").Remind("r", Minute, 2 * Minute);

        silo.Clock.Advance(Minute);
        Assert.Equal("a r after 00:00:00", await silo.Stage.NextAsync());
        await silo.Clock.ArmedAsync(2 * Minute);
        silo.Clock.Advance(2 * Minute);

        Assert.Equal("a r after 00:02:00", await silo.Stage.NextAsync());
    }

    [Fact]
    public async Task ReminderDueAtOnce_TicksAtOnce()
    {
        await using var silo = await StartAsync();
        await silo.Grains.GetGrain<IRemindedGrain>("a").Remind("r", TimeSpan.Zero, Minute);

        silo.Clock.Advance(TimeSpan.Zero);

        Assert.Equal("a r after 00:00:00", await silo.Stage.NextAsync());
    }

    [Fact]
    public async Task Reminder_ActivatesTheGrain()
    {
        await using var silo = await StartAsync();
        var grain = silo.Grains.GetGrain<IRemindedGrain>("a");
        await grain.Remind("r", Minute, Minute);
        await grain.Leave();

        silo.Clock.Advance(Minute);

        Assert.Equal("a r after 00:00:00", await silo.Stage.NextAsync());
    }

    [Fact]
    public async Task Reminder_SurvivesARestart_OverTheSameTable()
    {
        var clock = new ManualClock();
        var table = new InMemoryReminderTable();
        await using (var silo = await StartAsync(clock, table))
        {
            await silo.Grains.GetGrain<IRemindedGrain>("a").Remind("r", Minute, 10 * Minute);
        }

        clock.Advance(5 * Minute);
        await using var next = await StartAsync(clock, table);
        Assert.Equal(["r"], await next.Grains.GetGrain<IRemindedGrain>("a").Names());
        clock.Advance(6 * Minute);

        Assert.Equal("a r after 00:10:00", await next.Stage.NextAsync());
    }

    [Fact]
    public async Task FailedTick_IsFollowedByTheNext()
    {
        await using var silo = await StartAsync();
        await silo.Grains.GetGrain<IRemindedGrain>("a").Remind("failing", Minute, Minute);

        silo.Clock.Advance(Minute);
        Assert.Equal("a failing after 00:00:00", await silo.Stage.NextAsync());
        await silo.Clock.ArmedAsync(Minute);
        silo.Clock.Advance(Minute);

        Assert.Equal("a failing after 00:01:00", await silo.Stage.NextAsync());
    }

    [Fact]
    public async Task UnregisteredReminder_TicksNoMore()
    {
        await using var silo = await StartAsync();
        var grain = silo.Grains.GetGrain<IRemindedGrain>("a");
        await grain.Remind("r", Minute, Minute);
        await grain.Remind("other", 2 * Minute, Minute);

        await grain.Forget("r");
        silo.Clock.Advance(2 * Minute);

        Assert.Equal(["other"], await grain.Names());
        Assert.Equal("a other after 00:00:00", await silo.Stage.NextAsync());
    }

    [Fact]
    public async Task UpdatedReminder_TicksByItsNewTimesOnly()
    {
        await using var silo = await StartAsync();
        var grain = silo.Grains.GetGrain<IRemindedGrain>("a");
        await grain.Remind("r", Minute, Minute);
        await grain.Remind("r", 3 * Minute, Minute);

        silo.Clock.Advance(2 * Minute);
        await grain.Names();
        Assert.Empty(silo.Stage.Rest());
        silo.Clock.Advance(Minute);

        Assert.Equal("a r after 00:00:00", await silo.Stage.NextAsync());
    }

    [Fact]
    public async Task PeriodBelowTheMinimum_IsRefused()
    {
        await using var silo = await StartAsync();

        await Assert.ThrowsAsync<ArgumentException>(
            () => silo.Grains.GetGrain<IRemindedGrain>("a").Remind("r", Minute, TimeSpan.FromSeconds(59)));
    }

    [Fact]
    public async Task InMemoryTable_RangesWrapAround()
    {
        var table = new InMemoryReminderTable();
        var id = GrainId.Create("reminded", "a");
        var hash = id.GetUniformHashCode();
        await table.UpsertRow(new ReminderEntry { GrainId = id, ReminderName = "r", Period = Minute });

        Assert.Single((await table.ReadRows(0, 0)).Reminders);
        Assert.Single((await table.ReadRows(hash - 1, hash)).Reminders);
        Assert.Single((await table.ReadRows(hash - 1, hash - 2)).Reminders);
        Assert.Empty((await table.ReadRows(hash, hash + 1)).Reminders);
    }

    private static Task<TestSilo> StartAsync() => StartAsync(new ManualClock(), new InMemoryReminderTable());

    private static Task<TestSilo> StartAsync(ManualClock clock, IReminderTable table) => TestSilo.StartAsync(clock, silo =>
    {
        silo.AddReminders();
        silo.Services.AddSingleton(table);
    });
}
