/*
 * migrate_swap() against the balancer of a CPU that becomes idle (fixed in 0b26351b910f,
 * "stop_machine, sched: Fix migrate_swap() vs. active_balance() deadlock").
 *
 * CPU 0 runs a process that NUMA balancing wants on CPU 1, in exchange for one that sleeps there; a
 * second process, bound to CPU 0, waits behind it. CPU 1's stopper has just finished a work and
 * finds its queue empty.
 *
 * Before the fix, the process on CPU 0 queues the two works and wakes both stoppers while it holds
 * both stoppers' locks. To wake CPU 1's it has to wait until CPU 1 has switched away from it. CPU
 * 1, on its way there, finds CPU 0 busy and asks CPU 0's stopper to push over what runs there: for
 * that it needs the stopper's lock. Both have interrupts off.
 *
 * With -D CONFIG_HARDLOCKUP_DETECTOR_PERF the lock-up detectors run: both CPUs are reported by NMI,
 * neither by the soft detector, whose timers cannot fire.
 *
 * The wake list of CPU 1 (-D SCHED_FEAT_TTWU_QUEUE) was no way out then: a wake-up came to it only
 * after the wait.
 *
 * After the fix the wake-ups come after the locks. What remains is that two CPUs on their way to
 * idle, each in its stopper's schedule(), might wait for one another's switch. That cannot be,
 * because the balancer refuses a CPU whose current task may not run here. -D CROSS_BALANCE is the
 * run that would get there without this test: the process on CPU 0 wakes two others on CPU 1 and
 * gives its own stopper a work, and both CPUs think the other one busy.
 *
 * A model in which a task is off its CPU as soon as it is off the run queue does not have the bug
 * (clear-on-cpu-at-dequeue.patch, on top of the kernel before the fix).
 *
 * expect --cpus 2 --before 0b26351b910f: violated deadlock permanent
 * expect --cpus 2 --after 0b26351b910f: holds
 * expect --cpus 2: holds
 * expect --cpus 2 -D CONFIG_PREEMPT_NONE: holds
 * expect --cpus 2 -D CONFIG_PREEMPT_FULL: holds
 * expect --cpus 2 -D CONFIG_PREEMPT_FULL --before 0b26351b910f: violated deadlock permanent
 * expect --cpus 2 --before 0b26351b910f --all -D CONFIG_HARDLOCKUP_DETECTOR_PERF: violated deadlock permanent; hard_lockup permanent cpu=0 task=custom_exporter; hard_lockup permanent cpu=1 task=migration/1
 * expect --cpus 2 --after 0b26351b910f -D CONFIG_HARDLOCKUP_DETECTOR_PERF: holds
 * expect --cpus 2 --before 0b26351b910f -D SCHED_FEAT_TTWU_QUEUE -D CPUS_SHARE_CACHE=0: violated deadlock permanent
 * expect --cpus 2 --after 0b26351b910f -D SCHED_FEAT_TTWU_QUEUE -D CPUS_SHARE_CACHE=0: holds
 * expect --cpus 2 --before c6e7bd7afaeb -D SCHED_FEAT_TTWU_QUEUE -D CPUS_SHARE_CACHE=0: holds
 * expect --cpus 2 -D SCHED_FEAT_TTWU_QUEUE -D CPUS_SHARE_CACHE=0: holds
 * expect --cpus 2 --before 0b26351b910f --patch models/patches/mutants/clear-on-cpu-at-dequeue.patch: holds
 * expect --cpus 2 -D CROSS_BALANCE: holds
 * expect --cpus 2 -D CROSS_BALANCE --patch models/patches/mutants/balance-ignores-affinity.patch: violated deadlock permanent
 */
#include <linux/entry-common.h>
#include <linux/kthread.h>
#include <linux/nmi.h>
#include <linux/sched.h>
#include <linux/start_kernel.h>
#include <linux/stop_machine.h>

static struct task_struct *exporter, *partner;

static int user_process(void *unused __maybe_unused)
{
	exit_to_user_mode();
	enter_from_user_mode();
	return 0;
}

#ifndef CROSS_BALANCE
/* A page fault on memory that lies near CPU 1. */
static int fault(void *unused __maybe_unused)
{
	migrate_swap(exporter, partner, 1, 0);
	return 0;
}

#define second_process user_process

static void create_partners(void)
{
	partner = kthread_create_daemon_on_node(user_process, NULL, 1, "dpdk");
}
#else
static struct task_struct *second_partner;
static struct cpu_stop_work work;

static int nothing(void *unused __maybe_unused)
{
	return 0;
}

/* Makes CPU 1 the busy one. */
static int fault(void *unused __maybe_unused)
{
	wake_up_process(partner);
	wake_up_process(second_partner);
	return 0;
}

/* The last on CPU 0, which it leaves to the stopper. */
static int second_process(void *unused __maybe_unused)
{
	stop_one_cpu_nowait(0, nothing, NULL, &work);
	return 0;
}

static void create_partners(void)
{
	partner = kthread_create_on_cpu(user_process, NULL, 1, "dpdk");
	second_partner = kthread_create_on_cpu(user_process, NULL, 1, "kworker/%d:1");
}
#endif

void ls_boot(void)
{
	start_kernel();
#if CONFIG_LOCKUP_DETECTOR
	lockup_detector_init();
#endif
	create_partners();
	exporter = kthread_create(fault, NULL, "custom_exporter");
	start_task(exporter, 0);
	start_task(kthread_create_on_cpu(second_process, NULL, 0, "kworker/%d:1"), 0);
	start_task(stop_task(1), 1);
}
