/*
 * The watchdog of a CPU that goes wants no CPU to go (941154bd6937, "watchdog/hardlockup/perf:
 * Prevent CPU hotplug deadlock").
 *
 * CPU 1 is the only one that is watched (the sysctl watchdog_cpumask), and is taken down. Whoever
 * does that holds cpu_hotplug_lock for writing, and waits for "cpuhp/1", which waits until
 * "watchdog/1" is parked. Before the change that one, to be parked, released its CPU's event. It is
 * the last one, so that what the CPUs have of the counters is freed, under cpu_hotplug_lock, taken
 * for reading. All three sleep for ever, and so does whoever wants to stop the machine from then
 * on. No CPU is locked up, and no detector says anything.
 *
 * While another CPU is watched, too, the event is not the last one.
 *
 * expect --cpus 2 -D CONFIG_HOTPLUG_CPU -D CONFIG_HARDLOCKUP_DETECTOR_PERF -D WATCHDOG_CPUMASK=2 --before 941154bd6937 --all: violated deadlock permanent task=cpu_down
 * expect --cpus 2 -D CONFIG_HOTPLUG_CPU -D CONFIG_HARDLOCKUP_DETECTOR_PERF -D WATCHDOG_CPUMASK=2 --after 941154bd6937: holds
 * expect --cpus 2 -D CONFIG_HOTPLUG_CPU -D CONFIG_HARDLOCKUP_DETECTOR_PERF -D WATCHDOG_CPUMASK=2: holds
 * expect --cpus 2 -D CONFIG_HOTPLUG_CPU -D CONFIG_HARDLOCKUP_DETECTOR_PERF --before 941154bd6937: holds
 * expect --cpus 2 -D CONFIG_HOTPLUG_CPU -D CONFIG_HARDLOCKUP_DETECTOR_PERF -D WATCHDOG_CPUMASK=2 -D CONFIG_SOFTLOCKUP_GENERATION=3: holds
 */
#include <linux/cpu.h>
#include <linux/kthread.h>
#include <linux/nmi.h>
#include <linux/start_kernel.h>

#if !CONFIG_HOTPLUG_CPU || !CONFIG_HARDLOCKUP_DETECTOR_PERF || NR_CPUS < 2
#error "-D CONFIG_HOTPLUG_CPU, -D CONFIG_HARDLOCKUP_DETECTOR_PERF, and at least --cpus 2"
#endif

static int take_down(void *unused __maybe_unused)
{
	return cpu_down(1);
}

void ls_boot(void)
{
	start_kernel();
	lockup_detector_init();
	start_task(kthread_create_on_cpu(take_down, NULL, 0, "cpu_down"), 0);
}
