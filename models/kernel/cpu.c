/*
 * Which CPUs there are. All are online and active from boot on; hotplug is not modelled, so that
 * the masks are constant and whoever asks gets the same answer every time.
 */
#include <linux/cpu.h>

const struct cpumask __cpu_online_mask = { { CPU_BITS_ALL } };
const struct cpumask __cpu_active_mask = { { CPU_BITS_ALL } };

struct cpumask cpu_bit_bitmap[NR_CPUS];

void boot_cpu_init(void)
{
	unsigned int cpu;

	for_each_possible_cpu(cpu)
		cpu_bit_bitmap[cpu].bits[0] = 1UL << cpu;
}
