/*
 * 12. migrate_swap() (fixed): waking up when no lock is held any more
 *
 * Under the locks the work is only added; the stoppers are woken up afterwards (0b26351b910f). CPU 1
 * gets the lock, finishes its switch, and can be woken up.
 *
 * Command: lockstep check 12_migrate_swap/fixed.c
 * See:     holds. What the new order brought with it in the kernel is lesson 14.
 *
 * expect --cpus 2: holds
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
	unlock(&stoppers[1]);
	unlock(&stoppers[0]);
	wake_up(&stoppers[0]);
	wake_up(&stoppers[1]);
}

/* CPU 1: the stopper has nothing to do and calls schedule(). */
static void schedule(void)
{
	struct stopper *busy = &stoppers[0];

	/* This CPU becomes idle: CPU 0's stopper is to push a task over (active_balance). */
	lock(busy);
	busy->works++;
	unlock(busy);
	wake_up(busy);
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
