/*
 * A task that changes its own affinity, against stop_two_cpus(): the story that cfd355145c32
 * ("stop_machine: Atomically queue and wake stopper threads") tells. (scenarios/two_wakeups.c shows
 * the same hole with a task that is bound from the start.)
 *
 * The mover runs on CPU 0 and allows itself CPU 1 only. It has set the mask, queued the work for its
 * CPU's stopper and put the stopper into its wake_q when another task preempts it. Somebody stops
 * both CPUs: CPU 1's stopper is woken up, CPU 0's is not, being in the mover's wake_q. That would be
 * over when the mover runs again on CPU 0. But CPU 1, which was idle in between, has pulled it: the
 * balancer may take what waits and does not run, and the new mask allows it. There the mover waits
 * behind the stopper, and the stopper for the one whom only the mover can wake up.
 *
 * With -D BUSIEST_NR_RUNNING=9 no CPU is busy enough for another one to pull from: the mover stays,
 * and all ends well. So whoever models the kernel without that pull does not see the bug.
 *
 * Since 6d337eab041d the stopper is asked by stop_one_cpu_nowait() with preemption off, and
 * since 009836b4fa52 there is no wake_q, in whose time the interrupts here come.
 *
 * expect --cpus 2 -D CONFIG_PREEMPT_FULL --before cfd355145c32: violated deadlock permanent
 * expect --cpus 2 -D CONFIG_PREEMPT_FULL --after cfd355145c32: holds
 * expect --cpus 2 -D CONFIG_PREEMPT_FULL --before 6d337eab041d: holds
 * expect --cpus 2 -D CONFIG_PREEMPT_FULL: holds
 * expect --cpus 2 -D CONFIG_PREEMPT_FULL --before cfd355145c32 -D BUSIEST_NR_RUNNING=9: holds
 * expect --cpus 2 --before cfd355145c32: holds
 */
#include <linux/kthread.h>
#include <linux/sched.h>
#include <linux/start_kernel.h>
#include <linux/stop_machine.h>

#if NR_CPUS < 2
#error "a task moves from one CPU to another: at least --cpus 2"
#endif

static struct task_struct *mover;
static DEFINE_PER_CPU(struct task_struct *, handler);

static int nothing(void *unused __maybe_unused)
{
	return 0;
}

static int move_to_cpu_1(void *unused __maybe_unused)
{
	return set_cpus_allowed_ptr(current, cpumask_of(1));
}

static int stop_both(void *unused __maybe_unused)
{
	return stop_two_cpus(0, 1, nothing, NULL);
}

static int use_next_device(void *unused __maybe_unused)
{
	ls_irq_raise(1, SCENARIO_VECTOR);
	return 0;
}

/*
 * Of a device. What it wakes up may preempt whoever runs. Only those runs are explored in which it
 * comes while the stopper is in the mover's wake_q, and on CPU 1 when the mover has been pulled.
 */
static void interrupt(void)
{
	ls_assume(stop_task(0)->wake_q.next != NULL);
#ifndef BUSIEST_NR_RUNNING
	ls_assume(smp_processor_id() == 0 || mover->cpu == 1);
#endif
	wake_up_bound_thread(this_cpu_read(handler));
}

/* CPU 1 is busy until the mask is set, and idle after it; what comes earlier does no harm. */
static int use_device(void *unused __maybe_unused)
{
	while (cpumask_test_cpu(0, &mover->cpus_mask))
		cpu_relax();
	ls_irq_raise(0, SCENARIO_VECTOR);
	return 0;
}

void ls_boot(void)
{
	const struct sched_param param = { .sched_priority = 50 };

	start_kernel();
	ls_irq_handler(SCENARIO_VECTOR, interrupt);
	per_cpu(handler, 0) = kthread_create_on_cpu(use_next_device, NULL, 0, "irq/0");
	per_cpu(handler, 1) = kthread_create_on_cpu(stop_both, NULL, 1, "stop_both");
	sched_setscheduler(per_cpu(handler, 1), SCHED_FIFO, &param);
	mover = kthread_create(move_to_cpu_1, NULL, "mover");
	start_task(mover, 0);
	start_task(kthread_create_on_cpu(use_device, NULL, 1, "use_device"), 1);
}
