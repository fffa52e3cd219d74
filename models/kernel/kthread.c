/*
 * Making tasks, in boot; linux/kthread.h has the forms that are called.
 */
#include <linux/bug.h>
#include <linux/kthread.h>

pid_t alloc_pid(void)
{
	static pid_t last_pid = 1000;	/* below: the kernel's own threads */

	return ++last_pid;
}

#if CONFIG_DETECT_HUNG_TASK
int nr_threads;
#endif

#if CONFIG_HOTPLUG_CPU
int kthread_park(struct task_struct *p)
{
	p->parked = true;
	p->__state = TASK_PARKED;
	return 0;
}

void kthread_unpark(struct task_struct *p)
{
	if (p->parked)
		wake_up_state(p, TASK_PARKED);
}
#endif

/* `cpu` is where it belongs at first, and what its name shows; `cpus` is where it may run. */
struct task_struct *kthread_init_task(struct task_struct *p, int (*threadfn)(void *), void *data,
				      int cpu, unsigned long cpus, pid_t pid, int flags,
				      const char *namefmt)
{
	BUG_ON(p->pid);		/* this place of the code has made this task already */
	p->nr = ls_task(threadfn, data, pid, flags, namefmt, cpu);
	p->pid = pid;
	p->__state = TASK_UNINTERRUPTIBLE;
	p->cpu = cpu;
	p->wake_cpu = cpu;
	p->cpus_mask.bits[0] = cpus;
	p->sched_class = fair_sched_class;
	p->prio = DEFAULT_PRIO;
	ls_set_task_data(p->nr, p);
#if CONFIG_DETECT_HUNG_TASK
	p->switched = true;
	nr_threads++;
#endif
	return p;
}
