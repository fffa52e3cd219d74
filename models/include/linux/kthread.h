/*
 * Making tasks, in boot. As in the kernel, a new task sleeps until it is woken up for the first
 * time; a scenario does that by wake_up_process() from another task, or by start_task()
 * (linux/start_kernel.h) in boot. The task_struct belongs to the place of the call (one for each
 * CPU), so that a place makes at most one task for each CPU.
 *
 * A process with a user side is made in the same way: it says itself when it runs user code
 * (exit_to_user_mode()).
 */
#ifndef _LINUX_KTHREAD_H
#define _LINUX_KTHREAD_H

#include <linux/sched.h>

#ifndef LOCKSTEP_NO_SOURCES
#pragma lockstep source "kernel/kthread.c"
#endif

struct task_struct *kthread_init_task(struct task_struct *p, int (*threadfn)(void *), void *data,
				      int cpu, unsigned long cpus, pid_t pid, int flags,
				      const char *namefmt);
pid_t alloc_pid(void);

/* Belongs to a CPU at first (each CPU is a node of its own), and may run on every one. */
#define kthread_create_on_node(threadfn, data, node, namefmt)                                  \
	__kthread_create(threadfn, data, node, CPU_BITS_ALL, LS_TASK, namefmt)
#define kthread_create(threadfn, data, namefmt)                                                \
	kthread_create_on_node(threadfn, data, 0, namefmt)

/* Is bound to one CPU, whose number the name may show. */
#define kthread_create_on_cpu(threadfn, data, cpu, namefmt)                                    \
	__kthread_create(threadfn, data, cpu, 1UL << (cpu), LS_TASK, namefmt)

/* The same for tasks that may wait for work for ever. */
#define kthread_create_daemon_on_node(threadfn, data, node, namefmt)                           \
	__kthread_create(threadfn, data, node, CPU_BITS_ALL, LS_DAEMON, namefmt)
#define kthread_create_daemon_on_cpu(threadfn, data, cpu, namefmt)                             \
	__kthread_create(threadfn, data, cpu, 1UL << (cpu), LS_DAEMON, namefmt)

#define __kthread_create(threadfn, data, cpu, cpus, flags, namefmt) ({                         \
	static DEFINE_PER_CPU(struct task_struct, _task);                                     \
	kthread_init_task(per_cpu_ptr(&_task, cpu), threadfn, data, cpu, cpus, alloc_pid(),   \
			  flags, namefmt);                                                     \
})

/*
 * Parking: a thread is asked to sleep until it is unparked, and does so by kthread_parkme() when it
 * looks. Who asks waits for that, unless it asks itself.
 */
#if CONFIG_HOTPLUG_CPU
int kthread_park(struct task_struct *k);
void kthread_unpark(struct task_struct *k);
void kthread_parkme(void);
#define kthread_should_park() READ_ONCE(current->should_park)
#else
#define kthread_park(task) ((void)(task), 0)
#define kthread_unpark(task) ((void)(task))
#define kthread_should_park() false
#endif
#define kthread_should_stop() false

#endif
