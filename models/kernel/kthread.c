/*
 * Making tasks, in boot; linux/kthread.h has the forms that are called. Parking threads.
 *
 * Parking is the kernel's: a flag, a wake-up, and a completion by which the thread says that it is
 * about to sleep as one that is parked, in a state that no other wake-up ends. Who parks it then
 * waits until it is off its CPU, too. Each access is a step.
 *
 * Left out: unparking binds a per-CPU thread to its CPU again, which it has lost if it was made
 * while the CPU was away; here it is never lost. A thread that parks itself (the stopper) completes
 * what nobody waits for, and the kernel counts that; here the count begins anew when the thread is
 * unparked, so that it does not grow.
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
int kthread_park(struct task_struct *k)
{
	if (WARN_ON_ONCE(READ_ONCE(k->should_park)))
		return -EBUSY;
	WRITE_ONCE(k->should_park, true);
	if (k == current)
		return 0;
	wake_up_process(k);
	wait_for_completion(&k->parked);
	WARN_ON_ONCE(!wait_task_inactive(k, TASK_PARKED));
	return 0;
}

void kthread_parkme(void)
{
	for (;;) {
		set_special_state(TASK_PARKED);
		if (!kthread_should_park())
			break;
		/* Nobody is to wait longer than for the switch. */
		preempt_disable();
		complete(&current->parked);
		schedule_preempt_disabled();
		preempt_enable();
	}
	__set_current_state(TASK_RUNNING);
}

LS_ATOMIC static void clear_should_park(struct task_struct *k)
{
	k->should_park = false;
	k->parked.done = 0;
}

/* The thread sees that the flag has gone, or sleeps already and is woken up. */
void kthread_unpark(struct task_struct *k)
{
	if (!READ_ONCE(k->should_park))
		return;
	clear_should_park(k);
	wake_up_state(k, TASK_PARKED);
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
#if CONFIG_HOTPLUG_CPU
	init_completion(&p->parked);
#endif
	ls_set_task_data(p->nr, p);
#if CONFIG_DETECT_HUNG_TASK
	p->switched = true;
	nr_threads++;
#endif
	return p;
}
