/*
 * A task's affinity is changed while a CPU that becomes idle pulls it: set_cpus_allowed_ptr() waits
 * until it has arrived, and then has it moved (-D STAYS: it may stay where it was pulled to).
 *
 * expect --cpus 2: holds
 * expect --cpus 2 -D STAYS: holds
 */
#include <linux/kthread.h>
#include <linux/sched.h>
#include <linux/start_kernel.h>

#ifdef STAYS
#define ALLOWED 1
#else
#define ALLOWED 0
#endif

static struct task_struct *pulled;
static bool changed;

static int nothing(void *unused __maybe_unused)
{
	return 0;
}

LS_ATOMIC static void check(void)
{
	ls_assert(!changed || smp_processor_id() == ALLOWED);
}

static int wander(void *unused __maybe_unused)
{
	check();
	cond_resched();
	check();
	return 0;
}

static int change(void *unused __maybe_unused)
{
	int ret = set_cpus_allowed_ptr(pulled, cpumask_of(ALLOWED));

	ls_assert(ret == 0);
	changed = true;
	return 0;
}

void ls_boot(void)
{
	start_kernel();
	start_task(kthread_create_on_cpu(change, NULL, 0, "change"), 0);
	pulled = kthread_create(wander, NULL, "pulled");
	start_task(pulled, 0);
	start_task(kthread_create_on_cpu(nothing, NULL, 1, "other"), 1);
}
