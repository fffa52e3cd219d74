/*
 * Two requests for the same two CPUs, whose works must come in the same order on both: stop_cpus()
 * (here by stop_machine()) queues on one CPU after the other, stop_two_cpus() on both.
 *
 * If the order differs, each of the two stoppers waits in multi_cpu_stop() of the request that the
 * other stopper has behind this one. Before 7053ea1a34fa nothing kept the two apart. Then it was a
 * lock; since e6253970413d it is a flag, looked at while both queues' locks are held.
 *
 * Each line of that protocol is needed (models/patches/mutants):
 *
 *   stop-two-flag-before-locks     the flag is looked at before the locks are taken
 *   stop-two-flag-under-second-lock or while only that of the higher CPU is held (with that of the
 *                                  lower one, stop-two-flag-under-first-lock, it would do, since
 *                                  stop_cpus() goes up)
 *   stop-cpus-flag-cleared-early   the flag is cleared before the last work is queued
 *   stop-cpus-preemptible          the one who queues is preempted by the stopper that he has woken
 *                                  up (in a preemptible kernel)
 *   stop-two-one-after-the-other   the two works of a stop_two_cpus() are queued in CPUs' order, but
 *                                  each under its own lock; -D TWO_PAIRS: then two of these suffice
 *
 * A model in which a work comes to all its CPUs' queues in one step does not have the first bug
 * (append-to-all-at-once.patch, on top of the kernel before the fix).
 *
 * -D CONFIG_LOCKUP_DETECTOR: both CPUs are reported, each blaming its stopper. If stoppers touched
 * the watchdog while they wait for the last one to arrive (patches/proposed), nobody would be: here
 * there is no last one.
 *
 * -D CONFIG_DETECT_HUNG_TASK: what is left then is khungtaskd, if a third CPU lets it run; with a
 * stop_machine() among the two none does. And it sees the callers only if they got to sleep, which
 * depends on where they are. One on another CPU (-D ALL_CPU=2) does. One on a CPU of its own pair
 * is preempted by the stopper that it has woken up before it sleeps, and is runnable for ever,
 * which khungtaskd does not report; unless nothing is preempted at all (CONFIG_PREEMPT_NONE).
 *
 * expect --cpus 2 --before 7053ea1a34fa: violated deadlock permanent
 * expect --cpus 2 --before e6253970413d: holds
 * expect --cpus 2: holds
 * expect --cpus 2 --before 7053ea1a34fa --patch models/patches/mutants/append-to-all-at-once.patch: holds
 * expect --cpus 2 -D TWO_PAIRS: holds
 * expect --cpus 2 -D CONFIG_PREEMPT_FULL: holds
 * expect --cpus 2 --patch models/patches/mutants/stop-two-flag-before-locks.patch: violated deadlock permanent
 * expect --cpus 2 --patch models/patches/mutants/stop-two-flag-under-second-lock.patch: violated deadlock permanent
 * expect --cpus 2 --patch models/patches/mutants/stop-two-flag-under-first-lock.patch: holds
 * expect --cpus 2 --patch models/patches/mutants/stop-cpus-flag-cleared-early.patch: violated deadlock permanent
 * expect --cpus 2 --patch models/patches/mutants/stop-cpus-preemptible.patch -D CONFIG_PREEMPT_FULL: violated deadlock permanent
 * expect --cpus 2 --patch models/patches/mutants/stop-cpus-preemptible.patch: holds
 * expect --cpus 2 --patch models/patches/mutants/stop-two-one-after-the-other.patch -D TWO_PAIRS: violated deadlock permanent
 * expect --cpus 2 --patch models/patches/mutants/stop-two-one-after-the-other.patch -D TWO_PAIRS -D CONFIG_LOCKUP_DETECTOR --all: violated deadlock permanent; soft_lockup permanent cpu=0 task=migration/0; soft_lockup permanent cpu=1 task=migration/1
 * expect --cpus 2 --patch models/patches/mutants/stop-two-one-after-the-other.patch -D TWO_PAIRS -D CONFIG_LOCKUP_DETECTOR --no-silent-hang 7: violated deadlock permanent
 * expect --cpus 2 --patch models/patches/mutants/stop-two-one-after-the-other.patch -D TWO_PAIRS -D CONFIG_LOCKUP_DETECTOR --no-silent-hang 7 --patch models/patches/proposed/multi-stop-prepare-touch.patch: violated deadlock permanent; silent_hang permanent cpu=0 task=migration/0; silent_hang permanent cpu=1 task=migration/1
 * expect --cpus 3 --all --patch models/patches/mutants/stop-two-one-after-the-other.patch -D TWO_PAIRS -D CONFIG_DETECT_HUNG_TASK -D HUNG_TASK_FIRST_LOOK_SECS=60: violated deadlock permanent
 * expect --cpus 3 --all --patch models/patches/mutants/stop-two-one-after-the-other.patch -D TWO_PAIRS -D CONFIG_DETECT_HUNG_TASK -D HUNG_TASK_FIRST_LOOK_SECS=60 -D CONFIG_PREEMPT_NONE: violated deadlock permanent; hung_task permanent cpu=0 task=all; hung_task permanent cpu=1 task=pair
 * expect --cpus 2 --all --patch models/patches/mutants/stop-two-one-after-the-other.patch -D TWO_PAIRS -D CONFIG_DETECT_HUNG_TASK -D HUNG_TASK_FIRST_LOOK_SECS=60 -D CONFIG_PREEMPT_NONE: violated deadlock permanent
 * expect-long --cpus 3 --all --patch models/patches/mutants/stop-two-one-after-the-other.patch -D TWO_PAIRS -D CONFIG_DETECT_HUNG_TASK -D HUNG_TASK_FIRST_LOOK_SECS=60 -D CONFIG_PREEMPT_NONE -D CONFIG_LOCKUP_DETECTOR -D WATCHDOG_CPUMASK=3 --patch models/patches/proposed/multi-stop-prepare-touch.patch: violated deadlock permanent; hung_task permanent cpu=0 task=all; hung_task permanent cpu=1 task=pair
 * expect-long --cpus 3 --all --patch models/patches/mutants/stop-two-one-after-the-other.patch -D TWO_PAIRS -D CONFIG_DETECT_HUNG_TASK -D HUNG_TASK_FIRST_LOOK_SECS=60 -D ALL_CPU=2: violated deadlock permanent; hung_task permanent cpu=2 task=all
 * expect-long --cpus 3 --all --patch models/patches/mutants/stop-two-one-after-the-other.patch -D TWO_PAIRS -D CONFIG_DETECT_HUNG_TASK -D HUNG_TASK_FIRST_LOOK_SECS=60 -D CONFIG_PREEMPT_FULL: violated deadlock permanent
 * expect --cpus 2 --all --before 7053ea1a34fa -D CONFIG_DETECT_HUNG_TASK -D HUNG_TASK_FIRST_LOOK_SECS=60 -D CONFIG_PREEMPT_NONE: violated deadlock permanent
 * expect-long --cpus 3 --all --before 7053ea1a34fa -D CONFIG_DETECT_HUNG_TASK -D HUNG_TASK_FIRST_LOOK_SECS=60 -D CONFIG_PREEMPT_NONE: violated deadlock permanent
 */
#include <linux/hung_task.h>
#include <linux/kthread.h>
#include <linux/start_kernel.h>
#include <linux/stop_machine.h>
#if CONFIG_LOCKUP_DETECTOR
#include <linux/nmi.h>
#endif

#if NR_CPUS < 2
#error "the order of two queues: at least --cpus 2"
#endif

/* Where the first caller runs; the second is on CPU 1. */
#ifndef ALL_CPU
#define ALL_CPU 0
#endif

static int nothing(void *unused __maybe_unused)
{
	return 0;
}

static int all(void *unused __maybe_unused)
{
#ifdef TWO_PAIRS
	return stop_two_cpus(1, 0, nothing, NULL);
#else
	return stop_machine(nothing, NULL, NULL);
#endif
}

static int pair(void *unused __maybe_unused)
{
	return stop_two_cpus(0, 1, nothing, NULL);
}

void ls_boot(void)
{
	start_kernel();
#if CONFIG_LOCKUP_DETECTOR
	lockup_detector_init();
#endif
	hung_task_init();
	start_task(kthread_create_on_cpu(all, NULL, ALL_CPU, "all"), ALL_CPU);
	start_task(kthread_create_on_cpu(pair, NULL, 1, "pair"), 1);
}
