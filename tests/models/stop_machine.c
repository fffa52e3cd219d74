/*
 * stop_machine() runs its function once, on CPU 0, with every other CPU stopped: nothing that
 * another CPU's task does is seen half done. -D TWO: stop_two_cpus() of CPUs 0 and 1, on the first
 * that is named.
 *
 * expect --cpus 1: holds
 * expect --cpus 2: holds
 * expect --cpus 2 -D CONFIG_PREEMPT_NONE: holds
 * expect --cpus 2 -D TWO: holds
 * expect --cpus 2 -D TWO -D CONFIG_PREEMPT_FULL: holds
 */
#include <linux/kthread.h>
#include <linux/start_kernel.h>
#include <linux/stop_machine.h>

static int first_half, second_half, calls;

static int fn(void *unused __maybe_unused)
{
	ls_assert(first_half == second_half);
	ls_assert(irqs_disabled());
	calls++;
	return 0;
}

static int writer(void *unused __maybe_unused)
{
	preempt_disable();
	first_half++;
	second_half++;
	preempt_enable();
	return 0;
}

static int caller(void *unused __maybe_unused)
{
#ifdef TWO
	ls_assert(stop_two_cpus(1, 0, fn, NULL) == 0);
#else
	ls_assert(stop_machine(fn, NULL, NULL) == 0);
#endif
	ls_assert(calls == 1);
	return 0;
}

void ls_boot(void)
{
	start_kernel();
	start_task(kthread_create_on_cpu(caller, NULL, 0, "caller"), 0);
	start_task(kthread_create_on_cpu(writer, NULL, nr_cpu_ids - 1, "writer"), nr_cpu_ids - 1);
}
