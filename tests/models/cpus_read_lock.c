/*
 * Who holds cpus_read_lock() has no CPU come or go meanwhile; who holds it for writing is alone.
 * Code that relies on one of them says so, and is told if nobody holds it.
 *
 * expect --cpus 2 -D CONFIG_HOTPLUG_CPU: holds
 * expect --cpus 2 -D CONFIG_HOTPLUG_CPU -D UNLOCKED: violated warning task=reader
 * expect --cpus 2 -D CONFIG_HOTPLUG_CPU -D IN_ATOMIC: violated atomic_sleep task=reader message=*sleeping*function*
 */
#include <linux/cpu.h>
#include <linux/kthread.h>
#include <linux/start_kernel.h>

static int under_way;

static void look(void)
{
	lockdep_assert_cpus_held();
	ls_assert(!under_way);
}

static int reader(void *unused __maybe_unused)
{
#if defined(UNLOCKED)
	look();
#elif defined(IN_ATOMIC)
	preempt_disable();
	cpus_read_lock();
	look();
	cpus_read_unlock();
	preempt_enable();
#else
	cpus_read_lock();
	look();
	cpus_read_unlock();
	if (cpus_read_trylock()) {
		look();
		cpus_read_unlock();
	}
#endif
	return 0;
}

static int writer(void *unused __maybe_unused)
{
	cpus_write_lock();
	look();
	under_way = 1;
	lockdep_assert_cpus_held();
	under_way = 0;
	cpus_write_unlock();
	return 0;
}

void ls_boot(void)
{
	start_kernel();
	start_task(kthread_create_on_cpu(reader, NULL, 0, "reader"), 0);
	start_task(kthread_create_on_cpu(writer, NULL, nr_cpu_ids - 1, "writer"), nr_cpu_ids - 1);
}
