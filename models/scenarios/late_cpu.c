/*
 * A CPU that is late for stop_machine(), and who says so. The others wait for it in
 * multi_cpu_stop(), in MULTI_STOP_PREPARE. Today they do not touch the watchdog there, so that
 * they are reported, whatever it is that keeps the late CPU. A proposed change (a field report's
 * `curstate > MULTI_STOP_PREPARE` made `>=`) has them touch, so that only the culprit is reported.
 * That is right where the late CPU is seen by a detector itself, and silence where it is not. Who
 * wants both, nobody blamed falsely and no silence, has the report name the CPU that is late
 * (multi-stop-name-the-late.patch). To touch for a while only (multi-stop-prepare-budget.patch)
 * puts the report off by as long. To touch only while a late CPU is watched and has not been
 * touched itself (multi-stop-touch-for-the-watched.patch) is not enough: its timer may not come
 * either, and a touch is forgotten at its next timer.
 *
 * CPU 0 is late. Without more it loops in the kernel, not preemptible (a). -D WATCHDOG_CPUMASK=2:
 * and is not watched, as a nohz_full CPU (a'). -D IRQS_OFF: with interrupts off, which only a
 * hard-lockup detector sees (b). -D STOLEN: the hypervisor has taken it away, which only its buddy
 * sees (c). -D TOUCHES: it touches the watchdog itself, as whoever prints much (d). -D
 * CONFIG_PREEMPT_FULL: it does not let anybody wait (h). Where all wait for each other in
 * MULTI_STOP_PREPARE (e) is in queue_order.c, where a stopper was not woken up (f) in
 * two_wakeups.c, where a work was dropped (g) in stopper_enable.c.
 *
 * A CPU that was late for long is reported once more when it is back (b, c): its own timer comes
 * late, and finds how long it was. Where it never comes back nobody else would say so.
 *
 * expect --cpus 2 --all: violated soft_lockup transient cpu=0 task=driver; soft_lockup transient cpu=1 task=migration/1
 * expect --cpus 2 --all --patch models/patches/proposed/multi-stop-prepare-touch.patch: violated soft_lockup transient cpu=0 task=driver
 * expect --cpus 2 --no-silent-hang 7: holds
 * expect --cpus 2 --no-silent-hang 7 --patch models/patches/proposed/multi-stop-prepare-touch.patch: holds
 * expect --cpus 2 --all -D WATCHDOG_CPUMASK=2: violated soft_lockup transient cpu=1 task=migration/1
 * expect --cpus 2 --all -D WATCHDOG_CPUMASK=2 --patch models/patches/proposed/multi-stop-prepare-touch.patch: holds
 * expect --cpus 2 --no-silent-hang 7 -D WATCHDOG_CPUMASK=2: holds
 * expect --cpus 2 --no-silent-hang 7 -D WATCHDOG_CPUMASK=2 --patch models/patches/proposed/multi-stop-prepare-touch.patch: violated silent_hang transient cpu=0 task=driver
 * expect --cpus 2 --all -D IRQS_OFF: violated soft_lockup transient cpu=0 task=driver; soft_lockup transient cpu=1 task=migration/1
 * expect --cpus 2 --all -D IRQS_OFF --patch models/patches/proposed/multi-stop-prepare-touch.patch: violated soft_lockup transient cpu=0 task=driver
 * expect --cpus 2 --no-silent-hang 7 -D IRQS_OFF: holds
 * expect --cpus 2 --no-silent-hang 7 -D IRQS_OFF --patch models/patches/proposed/multi-stop-prepare-touch.patch: violated silent_hang transient cpu=0 task=driver
 * expect --cpus 2 --all -D IRQS_OFF -D CONFIG_HARDLOCKUP_DETECTOR_PERF: violated hard_lockup transient cpu=0 task=driver; soft_lockup transient cpu=0 task=driver; soft_lockup transient cpu=1 task=migration/1
 * expect --cpus 2 --all -D IRQS_OFF -D CONFIG_HARDLOCKUP_DETECTOR_PERF --patch models/patches/proposed/multi-stop-prepare-touch.patch: violated hard_lockup transient cpu=0 task=driver; soft_lockup transient cpu=0 task=driver
 * expect --cpus 2 --no-silent-hang 7 -D IRQS_OFF -D CONFIG_HARDLOCKUP_DETECTOR_PERF: holds
 * expect --cpus 2 --no-silent-hang 7 -D IRQS_OFF -D CONFIG_HARDLOCKUP_DETECTOR_PERF --patch models/patches/proposed/multi-stop-prepare-touch.patch: holds
 * expect --cpus 2 --all -D IRQS_OFF -D CONFIG_HARDLOCKUP_DETECTOR_BUDDY: violated hard_lockup transient cpu=0 task=driver; soft_lockup transient cpu=0 task=driver; soft_lockup transient cpu=1 task=migration/1
 * expect --cpus 2 --all -D IRQS_OFF -D CONFIG_HARDLOCKUP_DETECTOR_BUDDY --patch models/patches/proposed/multi-stop-prepare-touch.patch: violated hard_lockup transient cpu=0 task=driver; soft_lockup transient cpu=0 task=driver
 * expect --cpus 2 --no-silent-hang 7 -D IRQS_OFF -D CONFIG_HARDLOCKUP_DETECTOR_BUDDY: holds
 * expect --cpus 2 --no-silent-hang 7 -D IRQS_OFF -D CONFIG_HARDLOCKUP_DETECTOR_BUDDY --patch models/patches/proposed/multi-stop-prepare-touch.patch: holds
 * expect --cpus 2 --all -D STOLEN: violated soft_lockup transient cpu=0 task=driver; soft_lockup transient cpu=1 task=migration/1
 * expect --cpus 2 --all -D STOLEN --patch models/patches/proposed/multi-stop-prepare-touch.patch: violated soft_lockup transient cpu=0 task=driver
 * expect --cpus 2 --no-silent-hang 7 -D STOLEN: holds
 * expect --cpus 2 --no-silent-hang 7 -D STOLEN --patch models/patches/proposed/multi-stop-prepare-touch.patch: violated silent_hang transient cpu=0 task=driver
 * expect --cpus 2 --all -D STOLEN -D CONFIG_HARDLOCKUP_DETECTOR_PERF: violated soft_lockup transient cpu=0 task=driver; soft_lockup transient cpu=1 task=migration/1
 * expect --cpus 2 --all -D STOLEN -D CONFIG_HARDLOCKUP_DETECTOR_PERF --patch models/patches/proposed/multi-stop-prepare-touch.patch: violated soft_lockup transient cpu=0 task=driver
 * expect --cpus 2 --no-silent-hang 7 -D STOLEN -D CONFIG_HARDLOCKUP_DETECTOR_PERF: holds
 * expect --cpus 2 --no-silent-hang 7 -D STOLEN -D CONFIG_HARDLOCKUP_DETECTOR_PERF --patch models/patches/proposed/multi-stop-prepare-touch.patch: violated silent_hang transient cpu=0 task=driver
 * expect --cpus 2 --all -D STOLEN -D CONFIG_HARDLOCKUP_DETECTOR_BUDDY: violated hard_lockup transient cpu=0 task=driver; soft_lockup transient cpu=0 task=driver; soft_lockup transient cpu=1 task=migration/1
 * expect --cpus 2 --all -D STOLEN -D CONFIG_HARDLOCKUP_DETECTOR_BUDDY --patch models/patches/proposed/multi-stop-prepare-touch.patch: violated hard_lockup transient cpu=0 task=driver; soft_lockup transient cpu=0 task=driver
 * expect --cpus 2 --no-silent-hang 7 -D STOLEN -D CONFIG_HARDLOCKUP_DETECTOR_BUDDY: holds
 * expect --cpus 2 --no-silent-hang 7 -D STOLEN -D CONFIG_HARDLOCKUP_DETECTOR_BUDDY --patch models/patches/proposed/multi-stop-prepare-touch.patch: holds
 * expect --cpus 2 --all -D TOUCHES: violated soft_lockup transient cpu=1 task=migration/1
 * expect --cpus 2 --all -D TOUCHES --patch models/patches/proposed/multi-stop-prepare-touch.patch: holds
 * expect --cpus 2 --no-silent-hang 7 -D TOUCHES: holds
 * expect --cpus 2 --no-silent-hang 7 -D TOUCHES --patch models/patches/proposed/multi-stop-prepare-touch.patch: violated silent_hang transient cpu=0 task=driver
 * expect --cpus 2 --all -D CONFIG_PREEMPT_FULL: holds
 * expect --cpus 2 --all -D CONFIG_PREEMPT_FULL --patch models/patches/proposed/multi-stop-prepare-touch.patch: holds
 * expect --cpus 2 --no-silent-hang 7 -D CONFIG_PREEMPT_FULL: holds
 * expect --cpus 2 --no-silent-hang 7 -D CONFIG_PREEMPT_FULL --patch models/patches/proposed/multi-stop-prepare-touch.patch: holds
 * expect --cpus 2 --no-false-blame: violated soft_lockup transient cpu=1 task=migration/1
 * expect --cpus 2 --no-false-blame --no-silent-hang 7 --patch models/patches/proposed/multi-stop-name-the-late.patch: holds
 * expect --cpus 2 --no-false-blame -D WATCHDOG_CPUMASK=2: violated soft_lockup transient cpu=1 task=migration/1
 * expect --cpus 2 --no-false-blame --no-silent-hang 7 -D WATCHDOG_CPUMASK=2 --patch models/patches/proposed/multi-stop-name-the-late.patch: holds
 * expect --cpus 2 --no-false-blame -D IRQS_OFF: violated soft_lockup transient cpu=1 task=migration/1
 * expect --cpus 2 --no-false-blame --no-silent-hang 7 -D IRQS_OFF --patch models/patches/proposed/multi-stop-name-the-late.patch: holds
 * expect --cpus 2 --no-false-blame -D STOLEN: violated soft_lockup transient cpu=1 task=migration/1
 * expect --cpus 2 --no-false-blame --no-silent-hang 7 -D STOLEN --patch models/patches/proposed/multi-stop-name-the-late.patch: holds
 * expect --cpus 2 --no-false-blame -D TOUCHES: violated soft_lockup transient cpu=1 task=migration/1
 * expect --cpus 2 --no-false-blame --no-silent-hang 7 -D TOUCHES --patch models/patches/proposed/multi-stop-name-the-late.patch: holds
 * expect --cpus 2 --no-silent-hang 13 -D LATE_TICKS=20 -D TOUCHES --patch models/patches/proposed/multi-stop-prepare-budget.patch: violated silent_hang transient cpu=0 task=driver
 * expect --cpus 2 --no-silent-hang 14 -D LATE_TICKS=20 -D TOUCHES --patch models/patches/proposed/multi-stop-prepare-budget.patch: holds
 * expect --cpus 2 --no-silent-hang 13 -D LATE_TICKS=20 -D IRQS_OFF --patch models/patches/proposed/multi-stop-prepare-budget.patch: violated silent_hang transient cpu=0 task=driver
 * expect --cpus 2 --no-silent-hang 14 -D LATE_TICKS=20 -D IRQS_OFF --patch models/patches/proposed/multi-stop-prepare-budget.patch: holds
 * expect --cpus 2 --no-silent-hang 7 --patch models/patches/proposed/multi-stop-touch-for-the-watched.patch: holds
 * expect --cpus 2 --no-false-blame --patch models/patches/proposed/multi-stop-touch-for-the-watched.patch: holds
 * expect --cpus 2 --no-silent-hang 7 -D WATCHDOG_CPUMASK=2 --patch models/patches/proposed/multi-stop-touch-for-the-watched.patch: holds
 * expect --cpus 2 --no-false-blame -D WATCHDOG_CPUMASK=2 --patch models/patches/proposed/multi-stop-touch-for-the-watched.patch: violated soft_lockup transient cpu=1 task=migration/1
 * expect --cpus 2 --no-silent-hang 7 -D IRQS_OFF --patch models/patches/proposed/multi-stop-touch-for-the-watched.patch: violated silent_hang transient cpu=0 task=driver
 * expect --cpus 2 --no-false-blame -D IRQS_OFF --patch models/patches/proposed/multi-stop-touch-for-the-watched.patch: holds
 * expect --cpus 2 --no-silent-hang 7 -D STOLEN --patch models/patches/proposed/multi-stop-touch-for-the-watched.patch: violated silent_hang transient cpu=0 task=driver
 * expect --cpus 2 --no-false-blame -D STOLEN --patch models/patches/proposed/multi-stop-touch-for-the-watched.patch: holds
 * expect --cpus 2 --no-silent-hang 7 -D TOUCHES --patch models/patches/proposed/multi-stop-touch-for-the-watched.patch: violated silent_hang transient cpu=0 task=driver
 * expect --cpus 2 --no-false-blame -D TOUCHES --patch models/patches/proposed/multi-stop-touch-for-the-watched.patch: violated soft_lockup transient cpu=1 task=migration/1
 * expect --cpus 2 --all -D CONFIG_SOFTLOCKUP_GENERATION=3: violated soft_lockup transient cpu=0 task=driver; soft_lockup transient cpu=1 task=migration/1
 * expect --cpus 2 --all -D CONFIG_SOFTLOCKUP_GENERATION=3 --patch models/patches/mutants/softlockup-work-does-not-queue.patch: holds
 * expect --cpus 2 --no-silent-hang 7 -D CONFIG_SOFTLOCKUP_GENERATION=3 -D WATCHDOG_CPUMASK=2: holds
 * expect --cpus 2 --no-silent-hang 7 -D CONFIG_SOFTLOCKUP_GENERATION=3 -D WATCHDOG_CPUMASK=2 --patch models/patches/proposed/multi-stop-prepare-touch.patch: violated silent_hang transient cpu=0 task=driver
 * expect --cpus 2 --no-silent-hang 7 -D CONFIG_SOFTLOCKUP_GENERATION=3 -D IRQS_OFF: holds
 * expect --cpus 2 --no-silent-hang 7 -D CONFIG_SOFTLOCKUP_GENERATION=3 -D IRQS_OFF --patch models/patches/proposed/multi-stop-prepare-touch.patch: violated silent_hang transient cpu=0 task=driver
 * expect --cpus 2 --no-silent-hang 7 -D CONFIG_SOFTLOCKUP_GENERATION=3 -D STOLEN: holds
 * expect --cpus 2 --no-silent-hang 7 -D CONFIG_SOFTLOCKUP_GENERATION=3 -D STOLEN --patch models/patches/proposed/multi-stop-prepare-touch.patch: violated silent_hang transient cpu=0 task=driver
 * expect --cpus 2 --no-silent-hang 7 -D CONFIG_SOFTLOCKUP_GENERATION=3 -D STOLEN -D CONFIG_HARDLOCKUP_DETECTOR_BUDDY: holds
 * expect --cpus 2 --no-silent-hang 7 -D CONFIG_SOFTLOCKUP_GENERATION=3 -D STOLEN -D CONFIG_HARDLOCKUP_DETECTOR_BUDDY --patch models/patches/proposed/multi-stop-prepare-touch.patch: holds
 * expect --cpus 2 --no-silent-hang 7 -D CONFIG_SOFTLOCKUP_GENERATION=3 -D TOUCHES: holds
 * expect --cpus 2 --no-silent-hang 7 -D CONFIG_SOFTLOCKUP_GENERATION=3 -D TOUCHES --patch models/patches/proposed/multi-stop-prepare-touch.patch: violated silent_hang transient cpu=0 task=driver
 * expect --cpus 2 --no-silent-hang 7 -D CONFIG_SOFTLOCKUP_GENERATION=3: holds
 * expect --cpus 2 --no-silent-hang 7 -D CONFIG_SOFTLOCKUP_GENERATION=3 --patch models/patches/proposed/multi-stop-prepare-touch.patch: holds
 */
#include <linux/irqflags.h>
#include <linux/kthread.h>
#include <linux/nmi.h>
#include <linux/start_kernel.h>
#include <linux/stop_machine.h>

#if NR_CPUS < 2
#error "one CPU is late, others wait for it: at least --cpus 2"
#endif

/* Longer than any detector needs, and than --no-silent-hang 7 allows. */
#ifndef LATE_TICKS
#define LATE_TICKS 8
#endif

static int driver(void *unused __maybe_unused)
{
#if defined(IRQS_OFF)
	local_irq_disable();
	ls_delay(LATE_TICKS);
	local_irq_enable();
#elif defined(STOLEN)
	ls_steal(0, LATE_TICKS);
#elif defined(TOUCHES)
	for (int i = 0; i < LATE_TICKS; i++) {
		touch_nmi_watchdog();
		ls_delay(1);
	}
#else
	ls_delay(LATE_TICKS);
#endif
	return 0;
}

static int nothing(void *unused __maybe_unused)
{
	return 0;
}

static int stop(void *unused __maybe_unused)
{
	return stop_machine(nothing, NULL, NULL);
}

void ls_boot(void)
{
	start_kernel();
	lockup_detector_init();
	start_task(kthread_create_on_cpu(driver, NULL, 0, "driver"), 0);
	start_task(kthread_create_on_cpu(stop, NULL, 1, "kworker/%d:1"), 1);
}
