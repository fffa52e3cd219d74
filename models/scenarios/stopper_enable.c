/*
 * A CPU comes, and the machine is stopped before its stopper has run for the first time
 * (46c498c2cdee, "stop_machine: Mark per cpu stopper enabled early").
 *
 * CPU 0 brings up CPU 1: it unparks its stopper. Then it stops the machine. Before the change the
 * stopper said itself, when it ran, that it took works. If it had not run yet its work was dropped
 * and counted as done, but CPU 0's stopper waits in multi_cpu_stop() for two CPUs to arrive.
 *
 * expect --cpus 2 -D CONFIG_HOTPLUG_CPU --before 46c498c2cdee: violated deadlock permanent
 * expect --cpus 2 -D CONFIG_HOTPLUG_CPU --before 46c498c2cdee -D CONFIG_LOCKUP_DETECTOR: violated soft_lockup permanent cpu=0 task=migration/0
 * expect --cpus 2 -D CONFIG_HOTPLUG_CPU --before 46c498c2cdee -D CONFIG_LOCKUP_DETECTOR --no-silent-hang 7: violated deadlock permanent
 * expect --cpus 2 -D CONFIG_HOTPLUG_CPU --before 46c498c2cdee --patch models/patches/mutants/disabled-stopper-queues.patch: holds
 * expect --cpus 2 -D CONFIG_HOTPLUG_CPU --after 46c498c2cdee: holds
 * expect --cpus 2 -D CONFIG_HOTPLUG_CPU --before 4cb28ced23c4: holds
 * expect --cpus 2 -D CONFIG_HOTPLUG_CPU: holds
 * expect --cpus 3 -D CONFIG_HOTPLUG_CPU: holds
 */
#include <linux/cpu.h>
#include <linux/kthread.h>
#include <linux/start_kernel.h>
#include <linux/stop_machine.h>
#if CONFIG_LOCKUP_DETECTOR
#include <linux/nmi.h>
#endif

#if !CONFIG_HOTPLUG_CPU || NR_CPUS < 2
#error "a CPU comes: -D CONFIG_HOTPLUG_CPU, and at least --cpus 2"
#endif

static int nothing(void *unused __maybe_unused)
{
	return 0;
}

static int plug(void *unused __maybe_unused)
{
	cpu_up(1);
	return stop_machine(nothing, NULL, NULL);
}

void ls_boot(void)
{
	start_kernel_maxcpus(1);
#if CONFIG_LOCKUP_DETECTOR
	lockup_detector_init();
#endif
	start_task(kthread_create_on_cpu(plug, NULL, 0, "cpu_up"), 0);
}
