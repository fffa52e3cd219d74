/*
 * Making tasks, in boot. As in the kernel, a new task sleeps until it is woken up for the first time; a scenario does
 * that by wake_up_process() from another task, or by start_task() (linux/start_kernel.h) in boot. The task_struct
 * belongs to the place of the call (one for each CPU, for the forms that take a CPU), so that a place makes each task
 * once.
 *
 * A process with a user side is made in the same way: it says itself when it runs user code (exit_to_user_mode()).
 */
#ifndef _LINUX_KTHREAD_H
#define _LINUX_KTHREAD_H

#include <linux/sched.h>

#ifndef LOCKSTEP_NO_SOURCES
#pragma lockstep source "kernel/kthread.c"
#endif

#define KTHREAD_ANY_CPU (-1)

struct task_struct *kthread_init_task(struct task_struct *p, int (*threadfn)(void *), void *data,
				      int cpu, pid_t pid, int flags, const char *namefmt,
				      int number);
pid_t alloc_pid(void);

/* May run on every CPU. */
#define kthread_create(threadfn, data, namefmt) ({                                             \
	static struct task_struct __task;                                                      \
	kthread_init_task(&__task, threadfn, data, KTHREAD_ANY_CPU, alloc_pid(), LS_TASK,      \
			  namefmt, 0);                                                         \
})

/* Is bound to one CPU, whose number the name may show. */
#define kthread_create_on_cpu(threadfn, data, cpu, namefmt) ({                                 \
	static DEFINE_PER_CPU(struct task_struct, __task);                                     \
	kthread_init_task(per_cpu_ptr(&__task, cpu), threadfn, data, cpu, alloc_pid(),         \
			  LS_TASK, namefmt, cpu);                                              \
})

/* The same for tasks that may wait for work for ever. */
#define kthread_create_daemon(threadfn, data, namefmt) ({                                      \
	static struct task_struct __task;                                                      \
	kthread_init_task(&__task, threadfn, data, KTHREAD_ANY_CPU, alloc_pid(), LS_DAEMON,    \
			  namefmt, 0);                                                         \
})
#define kthread_create_daemon_on_cpu(threadfn, data, cpu, namefmt) ({                          \
	static DEFINE_PER_CPU(struct task_struct, __task);                                     \
	kthread_init_task(per_cpu_ptr(&__task, cpu), threadfn, data, cpu, alloc_pid(),         \
			  LS_DAEMON, namefmt, cpu);                                            \
})

#define kthread_park(task) ((void)(task), 0)
#define kthread_unpark(task) ((void)(task))
#define kthread_should_stop() false
#define kthread_should_park() false

#endif
