/*
 * stop_one_cpu() runs its function once, on that CPU, and returns what it returned; on the own CPU,
 * too.
 *
 * expect --cpus 1: holds
 * expect --cpus 2: holds
 * expect --cpus 2 -D CONFIG_PREEMPT_FULL: holds
 * expect --cpus 1 -D CONFIG_PREEMPT_NONE: holds
 */
#include <linux/kthread.h>
#include <linux/start_kernel.h>
#include <linux/stop_machine.h>

static int calls;

static int fn(void *arg)
{
	const int *answer = arg;

	ls_assert(smp_processor_id() == nr_cpu_ids - 1);
	ls_assert(in_atomic());
	calls++;
	return *answer;
}

static int caller(void *unused __maybe_unused)
{
	int answer = 42;

	ls_assert(stop_one_cpu(nr_cpu_ids - 1, fn, &answer) == 42);
	ls_assert(calls == 1);
	return 0;
}

void ls_boot(void)
{
	start_kernel();
	start_task(kthread_create_on_cpu(caller, NULL, 0, "caller"), 0);
}
