/*
 * One CPU completes what all others wait for: wait_for_completion() and complete_all(), of which the flag is what
 * counts.
 * `lockstep prove completion.c --every-n` proves it for every number of CPUs.
 *
 * expect --cpus 2: holds
 * expect --cpus 3: holds
 */
#define LOCKSTEP_NO_SOURCES
#include <linux/atomic.h>
#include <linux/compiler.h>

static bool done;
static bool ready;
static int passed;

LS_ATOMIC static void count(void)
{
	passed++;
}

static int waiter(void *unused __maybe_unused)
{
	while (!READ_ONCE(done))
		cpu_relax();
	ls_assert(READ_ONCE(ready));
	count();
	return 0;
}

static int completer(void *unused __maybe_unused)
{
	WRITE_ONCE(ready, true);
	WRITE_ONCE(done, true);
	return 0;
}

LS_INVARIANT(counted, passed >= 0 && passed < NR_CPUS);
LS_INVARIANT(only_after, passed == 0 || done);

void ls_boot(void)
{
	int cpu;

	ls_run(0, ls_task(completer, NULL, 1, LS_TASK, "completer"));
	for (cpu = 1; cpu < NR_CPUS; cpu++)
		ls_run(cpu, ls_task(waiter, NULL, 10 + cpu, LS_TASK, "waiter/%d", cpu));
}
