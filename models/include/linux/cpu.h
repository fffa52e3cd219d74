/*
 * CPU hotplug: bringing CPUs up and down (kernel/cpu.c says how), and those who want none of that
 * to happen: readers of cpu_hotplug_lock, which whoever brings a CPU up or down holds for writing.
 * Without CONFIG_HOTPLUG_CPU nobody ever does, so that there is no lock; what a reader may not do
 * (sleep in atomic context) is still checked.
 */
#ifndef _LINUX_CPU_H
#define _LINUX_CPU_H

#include <linux/cpuhotplug.h>
#include <linux/cpumask.h>
#include <linux/sched.h>

#if CONFIG_HOTPLUG_CPU
void cpus_read_lock(void);
int cpus_read_trylock(void);
void cpus_read_unlock(void);
void cpus_write_lock(void);
void cpus_write_unlock(void);
#if CONFIG_LOCKDEP
void lockdep_assert_cpus_held(void);
#else
#define lockdep_assert_cpus_held() do { } while (0)
#endif

/* By a task that sleeps, on another CPU; 0, or why not. A CPU that is there already is no error. */
int cpu_up(unsigned int cpu);
int cpu_down(unsigned int cpu);

/* In boot: the threads "cpuhp/N". */
int cpuhp_threads_init(void);

/* The idle task of a CPU that has gone, or not yet come: returns when the CPU is online. */
void cpuhp_report_idle_dead(void);
void start_secondary(void);

/* Parts of the phases that belong to the scheduler. */
void sched_cpu_activate(unsigned int cpu);
void sched_cpu_deactivate(unsigned int cpu);
void sched_cpu_wait_empty(unsigned int cpu);
void sched_cpu_dying(unsigned int cpu);
void set_cpu_active(unsigned int cpu, bool active);
#else
static inline void cpus_read_lock(void)
{
	might_sleep();
}

static inline int cpus_read_trylock(void)
{
	return true;
}

static inline void cpus_read_unlock(void)
{
}

static inline void cpus_write_lock(void)
{
	might_sleep();
}

static inline void cpus_write_unlock(void)
{
}

#define lockdep_assert_cpus_held() do { } while (0)
#endif

/* In boot, first of all: the CPUs below max_cpus are there. */
void boot_cpu_init(unsigned int max_cpus);

#endif
