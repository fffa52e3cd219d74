/*
 * Between cpus_read_lock() and cpus_read_unlock() no CPU goes, even while the reader sleeps. -D
 * TRY: the same where the lock is tried for, and got. -D NO_LOCK: without it the CPU that was there
 * may be gone.
 *
 * expect --cpus 2 -D CONFIG_HOTPLUG_CPU: holds
 * expect --cpus 2 -D CONFIG_HOTPLUG_CPU -D CONFIG_PREEMPT_FULL: holds
 * expect --cpus 2 -D CONFIG_HOTPLUG_CPU -D TRY: holds
 * expect --cpus 2 -D CONFIG_HOTPLUG_CPU -D NO_LOCK: violated assertion task=reader
 */
#include <linux/cpu.h>
#include <linux/kthread.h>
#include <linux/start_kernel.h>

static int admin(void *unused __maybe_unused)
{
	ls_assert(cpu_down(1) == 0);
	return 0;
}

static int reader(void *unused __maybe_unused)
{
	unsigned int cpus;
	bool online;

#if defined(TRY)
	if (!cpus_read_trylock())
		return 0;
#elif !defined(NO_LOCK)
	cpus_read_lock();
#endif
	online = cpu_online(1);
	cpus = num_online_cpus();
	schedule();
	ls_assert(cpu_online(1) == online);
	ls_assert(num_online_cpus() == cpus);
#ifndef NO_LOCK
	cpus_read_unlock();
#endif
	return 0;
}

void ls_boot(void)
{
	start_kernel();
	start_task(kthread_create_on_cpu(reader, NULL, 0, "reader"), 0);
	start_task(kthread_create_on_cpu(admin, NULL, 0, "admin"), 0);
}
