/*
 * The wake list: a wake-up leaves the queueing to the other CPU.
 *
 * A task on CPU 0 wakes up one that sleeps on CPU 1. Until CPU 1 takes it off its wake list it is
 * TASK_WAKING, and cannot be woken up again. If CPU 1 has interrupts off it comes late, but comes.
 *
 *   -D NO_INTERRUPT  CPU 1 has interrupts off for good: nobody queues the task
 *   -D IDLE          CPU 1 has nothing to run: its wake list is used though the CPUs share a cache
 *
 * expect --cpus 2 -D SCHED_FEAT_TTWU_QUEUE -D CPUS_SHARE_CACHE=0: holds
 * expect --cpus 2 -D SCHED_FEAT_TTWU_QUEUE -D CPUS_SHARE_CACHE=0 -D CONFIG_PREEMPT_FULL: holds
 * expect --cpus 2 -D SCHED_FEAT_TTWU_QUEUE -D CPUS_SHARE_CACHE=0 --patch models/patches/mutants/wake-list-no-interrupt.patch: violated deadlock permanent
 * expect --cpus 2 -D SCHED_FEAT_TTWU_QUEUE -D CPUS_SHARE_CACHE=0 -D NO_INTERRUPT: violated deadlock permanent
 * expect --cpus 2 -D SCHED_FEAT_TTWU_QUEUE: violated assertion message=*TASK_WAKING*
 * expect --cpus 2: violated assertion message=*TASK_WAKING*
 * expect --cpus 2 -D IDLE -D SCHED_FEAT_TTWU_QUEUE: holds
 * expect --cpus 2 -D IDLE -D SCHED_FEAT_TTWU_QUEUE --patch models/patches/mutants/wake-list-no-interrupt.patch: violated deadlock permanent
 * expect --cpus 2 -D IDLE -D SCHED_FEAT_TTWU_QUEUE --before c6e7bd7afaeb --patch models/patches/mutants/wake-list-no-interrupt.patch: holds
 */
#include <linux/irqflags.h>
#include <linux/kthread.h>
#include <linux/sched.h>
#include <linux/start_kernel.h>

static struct task_struct *sleeper;
static bool woken;

static int sleep(void *unused __maybe_unused)
{
	ls_assert(smp_processor_id() == 1);
	return 0;
}

#ifdef IDLE
static bool irqs_are_off = true;
#else
static bool irqs_are_off;

/* Nobody queues it while interrupts are off here. */
static int keep_irqs_off(void *unused __maybe_unused)
{
	local_irq_disable();
	irqs_are_off = true;
	while (!READ_ONCE(woken))
		cpu_relax();
	ls_assert(READ_ONCE(sleeper->__state) == TASK_WAKING);
#ifdef NO_INTERRUPT
	while (READ_ONCE(woken))
		cpu_relax();
#endif
	local_irq_enable();
	return 0;
}
#endif

static int wake(void *unused __maybe_unused)
{
	int first, second;

	while (!READ_ONCE(irqs_are_off))
		cpu_relax();
	first = wake_up_process(sleeper);
	second = wake_up_process(sleeper);
	ls_assert(first && !second);
	woken = true;
	return 0;
}

void ls_boot(void)
{
	start_kernel();
	sleeper = kthread_create_on_cpu(sleep, NULL, 1, "sleeper");
#ifndef IDLE
	start_task(kthread_create_on_cpu(keep_irqs_off, NULL, 1, "irqs_off"), 1);
#endif
	start_task(kthread_create_on_cpu(wake, NULL, 0, "waker"), 0);
}
