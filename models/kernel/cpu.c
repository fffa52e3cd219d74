/*
 * Which CPUs there are. All are online and active from boot on; hotplug is not modelled, so that
 * the masks are constant and whoever asks gets the same answer every time.
 */
#include <linux/cpu.h>
#if CONFIG_HOTPLUG_CPU
#include <linux/bug.h>
#include <linux/percpu-rwsem.h>
#endif

const struct cpumask __cpu_online_mask = { { CPU_BITS_ALL } };
const struct cpumask __cpu_active_mask = { { CPU_BITS_ALL } };

struct cpumask cpu_bit_bitmap[NR_CPUS];

void boot_cpu_init(void)
{
	unsigned int cpu;

	for_each_possible_cpu(cpu)
		cpu_bit_bitmap[cpu].bits[0] = 1UL << cpu;
}

#if CONFIG_HOTPLUG_CPU
DEFINE_STATIC_PERCPU_RWSEM(cpu_hotplug_lock);

void cpus_read_lock(void)
{
	percpu_down_read(&cpu_hotplug_lock);
}

int cpus_read_trylock(void)
{
	return percpu_down_read_trylock(&cpu_hotplug_lock);
}

void cpus_read_unlock(void)
{
	percpu_up_read(&cpu_hotplug_lock);
}

void cpus_write_lock(void)
{
	percpu_down_write(&cpu_hotplug_lock);
}

void cpus_write_unlock(void)
{
	percpu_up_write(&cpu_hotplug_lock);
}

void lockdep_assert_cpus_held(void)
{
	percpu_rwsem_assert_held(&cpu_hotplug_lock);
}
#endif
