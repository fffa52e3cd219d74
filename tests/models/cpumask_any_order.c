/*
 * One task wakes the others of a mask, one after the other, and waits for all answers.
 *
 * In the order of their numbers the first is CPU 1. In any order it may be another, and every CPU
 * is visited once all the same.
 *
 * expect --cpus 1: holds
 * expect --cpus 6: holds
 * expect --cpus 6 --reduction cpu-symmetry: holds
 * expect --cpus 6 -D CONFIG_CPUMASK_ANY_ORDER=1: holds
 * expect --cpus 6 -D CONFIG_CPUMASK_ANY_ORDER=1 --reduction cpu-symmetry: holds
 * expect --cpus 12 -D CONFIG_CPUMASK_ANY_ORDER=1 --reduction cpu-symmetry: holds
 * expect --cpus 4 -D FIRST=1: violated assertion
 * expect --cpus 4 -D FIRST=3: holds
 * expect --cpus 4 -D FIRST=3 -D CONFIG_CPUMASK_ANY_ORDER=1: violated assertion
 * expect --cpus 4 -D FIRST=3 -D CONFIG_CPUMASK_ANY_ORDER=1 --reduction cpu-symmetry: violated assertion
 */
#define LOCKSTEP_NO_SOURCES		/* two kinds of tasks, and no scheduler */
#include <linux/atomic.h>
#include <linux/cpumask.h>
#include <linux/percpu.h>
#include <linux/processor.h>
#include <lockstep.h>

static DEFINE_PER_CPU(int, called);
static atomic_t missing;
static int visited;
static struct cpumask others;

static int sender(void *data __maybe_unused)
{
	int cpu;

	for_each_cpu(cpu, &others) {
#ifdef FIRST
		ls_assert(cpu != FIRST || visited);
#endif
		visited++;
		WRITE_ONCE(per_cpu(called, cpu), 1);
	}
	ls_assert(visited == NR_CPUS - 1);
	while (atomic_read(&missing))
		cpu_relax();
	return 0;
}

static int receiver(void *data __maybe_unused)
{
	while (!READ_ONCE(*this_cpu_ptr(&called)))
		cpu_relax();
	atomic_dec(&missing);
	return 0;
}

void ls_boot(void)
{
	for (int cpu = 1; cpu < NR_CPUS; cpu++) {
		cpumask_set_cpu(cpu, &others);
		ls_run(cpu, ls_task(receiver, NULL, 10 + cpu, LS_TASK, "receiver/%d", cpu));
	}
	atomic_set(&missing, NR_CPUS - 1);
	ls_run(0, ls_task(sender, NULL, 1, LS_TASK, "sender"));
}
