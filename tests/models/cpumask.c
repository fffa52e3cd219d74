/*
 * Sets of CPUs, of one word and of several.
 *
 * expect --cpus 1: holds
 * expect --cpus 3: holds
 * expect --cpus 64: holds
 * expect --cpus 65: holds
 * expect --cpus 128: holds
 * expect --cpus 64 -D FORGETS: violated assertion
 * expect --cpus 65 -D FORGETS: violated assertion
 */
#define LOCKSTEP_NO_SOURCES
#include <linux/cpumask.h>

#define LAST (NR_CPUS - 1)

const struct cpumask __cpu_online_mask = CPU_MASK_ALL;
static struct cpumask mask, copy;

static unsigned int counted(const struct cpumask *cpus)
{
	unsigned int cpu, count = 0;

	for_each_cpu(cpu, cpus)
		count++;
	return count;
}

static int task(void *unused __maybe_unused)
{
	ls_assert(cpumask_first(cpu_online_mask) == 0);
	ls_assert(cpumask_weight(cpu_online_mask) == NR_CPUS && counted(cpu_online_mask) == NR_CPUS);
	ls_assert(cpumask_test_cpu(LAST, cpu_online_mask));
	ls_assert(cpumask_next(LAST, cpu_online_mask) == nr_cpu_ids);

	ls_assert(cpumask_empty(&mask) && cpumask_first(&mask) == nr_cpu_ids);
	cpumask_set_cpu(LAST, &mask);
	ls_assert(!cpumask_empty(&mask) && cpumask_first(&mask) == LAST && cpumask_weight(&mask) == 1);
	ls_assert(NR_CPUS == 1 || !cpumask_test_cpu(0, &mask));
	cpumask_copy(&copy, cpu_online_mask);
#ifndef FORGETS
	cpumask_clear_cpu(LAST, &copy);
#endif
	ls_assert(cpumask_weight(&copy) == LAST && !cpumask_test_cpu(LAST, &copy));
	cpumask_clear(&mask);
	ls_assert(cpumask_empty(&mask));
	return 0;
}

void ls_boot(void)
{
	ls_run(LAST, ls_task(task, NULL, 1, LS_TASK, "task"));
}
