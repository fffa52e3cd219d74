/*
 * Waking up two stoppers, one after the other, in a preemptible kernel. What 0b26351b910f made
 * possible took three more changes to get right: 9fb8d5dc4b64, 2610e8894663, cfd355145c32.
 *
 * A task on CPU 1 stops CPUs 0 and 1, one on CPU 0 has a function run on CPU 1. Both may run on
 * their CPU only. Each queues its works under locks, releases these, and then wakes up the stoppers
 * that it has put into its wake_q; a stopper that is in somebody's wake_q is woken up by nobody
 * else. As soon as one stopper is awake it preempts whoever runs on its CPU, and if it comes to
 * multi_cpu_stop() before the other is awake it waits there, and never gives its CPU back. So who
 * still has to wake up the other must not be preempted:
 *
 *   9fb8d5dc4b64  between the two wake-ups (-D ALONE: one task suffices, on the CPU whose stopper
 *                 it wakes up first),
 *   2610e8894663  between the unlock and the first of them (the other task wakes up its stopper),
 *   cfd355145c32  and the same where one work is queued.
 *
 * -D CONFIG_LOCKUP_DETECTOR: the CPU that waits is reported; if it touched the watchdog meanwhile
 * (patches/proposed), nobody would be.
 *
 * Wrong models do not have these bugs (models/patches/mutants, on top of the kernel before the fix):
 *
 *   queue-and-wake-in-one-step  nobody is preempted between queueing and waking up
 *   waiting-stopper-gives-way   others run while a stopper waits, and so does who was preempted
 *   wake-q-of-each-owner        who finds a stopper in another one's wake_q wakes it up all the same
 *   pull-ignores-affinity       who was preempted is pulled to another CPU, though bound to this one
 *                               (with balancing at the tick: no CPU becomes idle here)
 *
 * expect --cpus 2 -D CONFIG_PREEMPT_FULL -D ALONE --before 9fb8d5dc4b64: violated deadlock permanent
 * expect --cpus 2 -D CONFIG_PREEMPT_FULL -D ALONE --after 9fb8d5dc4b64: holds
 * expect-long --cpus 2 -D CONFIG_PREEMPT_FULL --before 2610e8894663: violated deadlock permanent
 * expect --cpus 2 -D CONFIG_PREEMPT_FULL --before cfd355145c32: violated deadlock permanent
 * expect-long --cpus 2 -D CONFIG_PREEMPT_FULL --after cfd355145c32: holds
 * expect --cpus 2 -D CONFIG_PREEMPT_FULL: holds
 * expect --cpus 2 -D CONFIG_PREEMPT_NONE --before 9fb8d5dc4b64: holds
 * expect --cpus 2 -D CONFIG_PREEMPT_FULL -D ALONE -D CONFIG_LOCKUP_DETECTOR --before 9fb8d5dc4b64 --all: violated deadlock permanent; soft_lockup permanent cpu=0 task=migration/0
 * expect --cpus 2 -D CONFIG_PREEMPT_FULL -D ALONE -D CONFIG_LOCKUP_DETECTOR --before 9fb8d5dc4b64 --no-silent-hang 7: violated deadlock permanent
 * expect --cpus 2 -D CONFIG_PREEMPT_FULL -D ALONE -D CONFIG_LOCKUP_DETECTOR --before 9fb8d5dc4b64 --no-silent-hang 7 --patch models/patches/proposed/multi-stop-prepare-touch.patch: violated deadlock permanent; silent_hang permanent cpu=0 task=migration/0
 * expect --cpus 2 -D CONFIG_PREEMPT_VOLUNTARY --before 9fb8d5dc4b64: holds
 * expect --cpus 2 -D CONFIG_PREEMPT_FULL -D ALONE --before 9fb8d5dc4b64 --patch models/patches/mutants/queue-and-wake-in-one-step.patch: holds
 * expect-long --cpus 2 -D CONFIG_PREEMPT_FULL --before 2610e8894663 --patch models/patches/mutants/queue-and-wake-in-one-step.patch: holds
 * expect --cpus 2 -D CONFIG_PREEMPT_FULL --before cfd355145c32 --patch models/patches/mutants/queue-and-wake-in-one-step.patch: holds
 * expect --cpus 2 -D CONFIG_PREEMPT_FULL -D ALONE --before 9fb8d5dc4b64 --patch models/patches/mutants/waiting-stopper-gives-way.patch: holds
 * expect --cpus 2 -D CONFIG_PREEMPT_FULL --before cfd355145c32 --patch models/patches/mutants/wake-q-of-each-owner.patch: holds
 * expect --cpus 2 -D CONFIG_PREEMPT_FULL -D ALONE -D SCHED_SOFTIRQ -D BUSIEST_NR_RUNNING=1 --before 9fb8d5dc4b64: violated deadlock permanent
 * expect --cpus 2 -D CONFIG_PREEMPT_FULL -D ALONE -D SCHED_SOFTIRQ -D BUSIEST_NR_RUNNING=1 --before 9fb8d5dc4b64 --patch models/patches/mutants/pull-ignores-affinity.patch: holds
 */
#include <linux/kthread.h>
#include <linux/start_kernel.h>
#include <linux/stop_machine.h>
#if CONFIG_LOCKUP_DETECTOR
#include <linux/nmi.h>
#endif

#if NR_CPUS < 2
#error "two CPUs are stopped: at least --cpus 2"
#endif

static int nothing(void *unused __maybe_unused)
{
	return 0;
}

static int two(void *unused __maybe_unused)
{
	return stop_two_cpus(0, 1, nothing, NULL);
}

static int one(void *unused __maybe_unused)
{
	return stop_one_cpu(1, nothing, NULL);
}

void ls_boot(void)
{
	start_kernel();
#if CONFIG_LOCKUP_DETECTOR
	lockup_detector_init();
#endif
#ifdef ALONE
	start_task(kthread_create_on_cpu(two, NULL, 0, "two"), 0);
#else
	start_task(kthread_create_on_cpu(two, NULL, 1, "two"), 1);
	start_task(kthread_create_on_cpu(one, NULL, 0, "one"), 0);
#endif
}
