/*
 * Threads of which each CPU has one: the stopper, the watchdog.
 *
 * Such a thread looks whether it has something to do, does it, and otherwise sleeps; its state says
 * "asleep" before it looks, so that a wake-up after the look is not lost. A thread that was never
 * woken up since boot sleeps before its first instruction, which is the same to everybody as
 * sleeping in the loop. With CONFIG_HOTPLUG_CPU it may be parked in boot, and unparked once; CPUs do
 * not go, and nobody is stopped.
 */
#include <linux/bug.h>
#include <linux/smpboot.h>

static int smpboot_thread_fn(void *data)
{
	const struct smp_hotplug_thread *ht = data;
	int (*should_run)(unsigned int cpu) = ht->thread_should_run;
	void (*fn)(unsigned int cpu) = ht->thread_fn;
	const unsigned int cpu = smp_processor_id();

#if CONFIG_HOTPLUG_CPU
	if (current->parked && ht->unpark)
		ht->unpark(cpu);
#endif
	for (;;) {
		set_current_state(TASK_INTERRUPTIBLE);
		if (should_run(cpu)) {
			__set_current_state(TASK_RUNNING);
			fn(cpu);
		} else {
			schedule();
		}
	}
	return 0;
}

/* Numbered as in the field reports: six of each CPU's own threads after each other. */
static pid_t percpu_thread_pid(unsigned int cpu)
{
	static pid_t first = 12;

	return 6 * cpu + (cpu == nr_cpu_ids - 1 ? first++ : first);
}

void smpboot_create_thread(struct smp_hotplug_thread *ht, unsigned int cpu, struct task_struct *p)
{
	kthread_init_task(p, smpboot_thread_fn, ht, cpu, 1UL << cpu, percpu_thread_pid(cpu),
			  LS_DAEMON, ht->thread_comm);
	p->__state = TASK_INTERRUPTIBLE;
	*per_cpu_ptr(ht->store, cpu) = p;
	if (ht->create)
		ht->create(cpu);
	if (ht->setup)
		ht->setup(cpu);
	if (ht->unpark)
		ht->unpark(cpu);
}
