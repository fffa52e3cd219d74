/*
 * A hard lock-up that is reported of a CPU that only waits (ce4f06dcbb5d, "stop_machine:
 * Touch_nmi_watchdog() after MULTI_STOP_PREPARE").
 *
 * CPU 0 prints all tasks and lets nobody run meanwhile. CPU 1's stopper waits in multi_cpu_stop()
 * for that of CPU 0, is reported as soft lock-up, and prints that for SOFTLOCKUP_REPORT_TICKS, with
 * interrupts off. Now CPU 0 comes along, and all go on to the next state: there CPU 0 waits with
 * interrupts off for CPU 1, which still prints. The NMI finds that CPU 0's timer has not fired, and blames it.
 *
 * After the change, whoever waits once all have arrived touches the watchdog. Who prints does so as
 * well.
 *
 * expect --cpus 2 -D CONFIG_HARDLOCKUP_DETECTOR_PERF -D SOFTLOCKUP_REPORT_TICKS=4 --before ce4f06dcbb5d --all: violated soft_lockup transient cpu=1 task=migration/1; hard_lockup transient cpu=0 task=migration/0
 * expect --cpus 2 -D CONFIG_HARDLOCKUP_DETECTOR_PERF -D SOFTLOCKUP_REPORT_TICKS=0 --before ce4f06dcbb5d --all: violated soft_lockup transient cpu=1 task=migration/1
 * expect --cpus 2 -D CONFIG_HARDLOCKUP_DETECTOR_PERF -D SOFTLOCKUP_REPORT_TICKS=4 --after ce4f06dcbb5d --all: violated soft_lockup transient cpu=1 task=migration/1
 * expect --cpus 2 -D CONFIG_HARDLOCKUP_DETECTOR_PERF -D SOFTLOCKUP_REPORT_TICKS=4 --all: violated soft_lockup transient cpu=1 task=migration/1
 */
#include <linux/kthread.h>
#include <linux/nmi.h>
#include <linux/printk.h>
#include <linux/start_kernel.h>
#include <linux/stop_machine.h>

#if NR_CPUS < 2
#error "one CPU prints, another waits for it: at least --cpus 2"
#endif

static int show_state(void *unused __maybe_unused)
{
	for (int i = 0; i < 7; i++)
		printk("task");
	return 0;
}

static int nothing(void *unused __maybe_unused)
{
	return 0;
}

static int stop(void *unused __maybe_unused)
{
	return stop_two_cpus(0, 1, nothing, NULL);
}

void ls_boot(void)
{
	start_kernel();
	lockup_detector_init();
	start_task(kthread_create_on_cpu(show_state, NULL, 0, "sysrq"), 0);
	start_task(kthread_create_on_cpu(stop, NULL, 1, "stop"), 1);
}
