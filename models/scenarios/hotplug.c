/*
 * A CPU goes while the machine is stopped from another one. Both take cpu_hotplug_lock, one for
 * writing and the other for reading: so one waits, asleep, until the other has finished, and then
 * there are as many stoppers as are waited for. -D COMES: the CPU comes.
 *
 * -D NO_LOCK: a mistake, stop_machine_cpuslocked() without the lock. lockdep says so the first
 * time, before anything has happened; -D CONFIG_LOCKDEP=0 shows what can happen. Two CPUs were
 * counted, then one goes: a single stopper gets the work, and waits in multi_cpu_stop() for the
 * other one. CPU 0 is locked up for good, with all who wait for its stopper. Or one was counted,
 * then another comes: both stoppers get the work, the caller waits for one of them, and the other
 * finds his stack gone.
 *
 * expect --cpus 2 -D CONFIG_HOTPLUG_CPU: holds
 * expect --cpus 2 -D CONFIG_HOTPLUG_CPU -D COMES: holds
 * expect --cpus 2 -D CONFIG_HOTPLUG_CPU -D CONFIG_LOCKUP_DETECTOR: holds
 * expect --cpus 2 -D CONFIG_HOTPLUG_CPU -D NO_LOCK: violated warning task=stop_machine
 * expect --cpus 2 -D CONFIG_HOTPLUG_CPU -D NO_LOCK -D CONFIG_LOCKDEP=0: violated deadlock permanent
 * expect --cpus 2 -D CONFIG_HOTPLUG_CPU -D NO_LOCK -D CONFIG_LOCKDEP=0 -D CONFIG_LOCKUP_DETECTOR: violated soft_lockup permanent cpu=0 task=migration/0
 * expect --cpus 2 -D CONFIG_HOTPLUG_CPU -D NO_LOCK -D CONFIG_LOCKDEP=0 -D COMES: violated memory task=migration/1
 */
#include <linux/cpu.h>
#include <linux/kthread.h>
#include <linux/start_kernel.h>
#include <linux/stop_machine.h>
#if CONFIG_LOCKUP_DETECTOR
#include <linux/nmi.h>
#endif

#if !CONFIG_HOTPLUG_CPU || NR_CPUS < 2
#error "a CPU goes: -D CONFIG_HOTPLUG_CPU, and at least --cpus 2"
#endif

static int nothing(void *unused __maybe_unused)
{
	return 0;
}

static int stop(void *unused __maybe_unused)
{
#ifdef NO_LOCK
	stop_machine_cpuslocked(nothing, NULL, NULL);
#else
	stop_machine(nothing, NULL, NULL);
#endif
	return 0;
}

static int admin(void *unused __maybe_unused)
{
#ifdef COMES
	return cpu_up(1);
#else
	return cpu_down(1);
#endif
}

void ls_boot(void)
{
#ifdef COMES
	start_kernel_maxcpus(1);
#else
	start_kernel();
#endif
#if CONFIG_LOCKUP_DETECTOR
	lockup_detector_init();
#endif
	start_task(kthread_create_on_cpu(admin, NULL, 0, "cpu_down"), 0);
	start_task(kthread_create_on_cpu(stop, NULL, 0, "stop_machine"), 0);
}
