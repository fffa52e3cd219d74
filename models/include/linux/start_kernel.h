/*
 * What a scenario's ls_boot() does: start_kernel() brings up every CPU (idle, with its stopper
 * asleep), then the scenario makes its own tasks and says which of them run when the exploration
 * begins.
 */
#ifndef _LINUX_START_KERNEL_H
#define _LINUX_START_KERNEL_H

#include <linux/sched.h>

void start_kernel(void);

/*
 * The same, with the CPUs from max_cpus on still offline (the boot parameter maxcpus=), which is for
 * CONFIG_HOTPLUG_CPU.
 */
void start_kernel_maxcpus(unsigned int max_cpus);

/*
 * Makes p runnable on a CPU. If that CPU is still idle, p is what it runs when the exploration
 * begins: call it for the best class first.
 */
void start_task(struct task_struct *p, int cpu);

/* "migration/N" */
struct task_struct *stop_task(int cpu);

#endif
