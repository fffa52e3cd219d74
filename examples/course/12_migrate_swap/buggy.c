/*
 * 12. migrate_swap() (buggy): waking up under a lock
 *
 * Question: CPU 0 has work for both CPUs' stoppers. It locks both queues, adds the work, and wakes up
 *           both. CPU 1's stopper is about to fall asleep just then. Does everybody get on?
 * Command:  lockstep check 12_migrate_swap/buggy.c
 * See:      violated: deadlock. To wake up migration/1, CPU 0 waits until CPU 1 has switched away from
 *           it. CPU 1, on its way there, wants to give CPU 0's stopper a work of its own, and waits
 *           for that queue's lock. CPU 0 holds it.
 *
 * expect --cpus 2: violated deadlock permanent
 */
#include <lockstep.h>

struct stopper {
	_Bool locked;		/* the lock of the queue */
	int works;		/* the queue, of which only the length matters here */
	_Bool runnable;		/* is to run */
	_Bool on_cpu;		/* runs, or is being switched away from */
};

/* CPU 0's sleeps, CPU 1's runs. */
static struct stopper stoppers[2] = { [1] = { .runnable = 1, .on_cpu = 1 } };

LS_ATOMIC static void lock(struct stopper *stopper)
{
	ls_await(!stopper->locked);
	stopper->locked = 1;
}

static void unlock(struct stopper *stopper)
{
	stopper->locked = 0;
}

/* try_to_wake_up(): who is about to fall asleep must be off its CPU first. */
static void wake_up(struct stopper *stopper)
{
	if (stopper->runnable)
		return;
	ls_await(!stopper->on_cpu);
	stopper->runnable = 1;
}

/* CPU 0: stop_two_cpus(), called for migrate_swap(). */
static void swapper(void *unused)
{
	lock(&stoppers[0]);
	lock(&stoppers[1]);
	stoppers[0].works++;
	stoppers[1].works++;
	wake_up(&stoppers[0]);
	wake_up(&stoppers[1]);
	unlock(&stoppers[1]);
	unlock(&stoppers[0]);
}

/* CPU 1: the stopper has nothing to do and calls schedule(). */
static void schedule(void)
{
	struct stopper *busy = &stoppers[0];

	/* This CPU becomes idle: CPU 0's stopper is to push a task over (active_balance). */
	lock(busy);
	busy->works++;
	wake_up(busy);
	unlock(busy);
	stoppers[1].on_cpu = 0;		/* now the switch is over */
}

/* True: there is no work, and the stopper is about to fall asleep. */
LS_ATOMIC static _Bool has_no_work(struct stopper *stopper)
{
	ls_await(!stopper->locked);
	if (!stopper->works)
		stopper->runnable = 0;
	return !stopper->works;
}

static void migration(void *unused)
{
	if (has_no_work(&stoppers[1])) {
		schedule();
		ls_await(stoppers[1].runnable);
		stoppers[1].on_cpu = 1;
	}
	ls_assert(stoppers[1].works == 1);
}

void ls_boot(void)
{
	ls_run(0, ls_task(swapper, 0, 1, LS_TASK, "swapper"));
	ls_run(1, ls_task(migration, 0, 2, LS_TASK, "migration/1"));
}
