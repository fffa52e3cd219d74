/*
 * CPU hotplug as seen by those who want none to happen: readers of cpu_hotplug_lock, which whoever
 * brings a CPU up or down holds for writing. Without CONFIG_HOTPLUG_CPU nobody ever does, so that
 * there is no lock; what a reader may not do (sleep in atomic context) is still checked.
 */
#ifndef _LINUX_CPU_H
#define _LINUX_CPU_H

#include <linux/cpumask.h>
#include <linux/sched.h>

#if CONFIG_HOTPLUG_CPU
void cpus_read_lock(void);
int cpus_read_trylock(void);
void cpus_read_unlock(void);
void cpus_write_lock(void);
void cpus_write_unlock(void);
void lockdep_assert_cpus_held(void);
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

void boot_cpu_init(void);

#endif
