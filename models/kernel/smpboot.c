/*
 * Threads of which each CPU has one: the stopper, the watchdog.
 *
 * Such a thread looks whether it has something to do, does it, and otherwise sleeps; its state says
 * "asleep" before it looks, so that a wake-up after the look is not lost. A thread that was never
 * woken up since boot sleeps before its first instruction, which is the same to everybody as
 * sleeping in the loop.
 *
 * With CONFIG_HOTPLUG_CPU the thread looks first whether it is to be parked, and calls what its
 * owner wants to have done before and after that. The threads of a CPU that is offline in boot are
 * made parked; what the kernel has them set up when they first run is done in boot for them all.
 * Nobody is stopped.
 */
#include <linux/bug.h>
#include <linux/smpboot.h>

#if CONFIG_HOTPLUG_CPU
/* Written in boot alone. */
static struct smp_hotplug_thread *hotplug_threads[4];
static int nr_hotplug_threads;

static void smpboot_list_add(struct smp_hotplug_thread *ht)
{
	BUG_ON(nr_hotplug_threads == ARRAY_SIZE(hotplug_threads));
	hotplug_threads[nr_hotplug_threads++] = ht;
}

void smpboot_unpark_threads(unsigned int cpu)
{
	int i;

	for (i = 0; i < nr_hotplug_threads; i++)
		if (!hotplug_threads[i]->selfparking)
			kthread_unpark(*per_cpu_ptr(hotplug_threads[i]->store, cpu));
}

void smpboot_park_threads(unsigned int cpu)
{
	int i;

	for (i = nr_hotplug_threads - 1; i >= 0; i--)
		if (!hotplug_threads[i]->selfparking)
			kthread_park(*per_cpu_ptr(hotplug_threads[i]->store, cpu));
}
#endif

static int smpboot_thread_fn(void *data)
{
	const struct smp_hotplug_thread *ht = data;
	int (*should_run)(unsigned int cpu) = ht->thread_should_run;
	void (*fn)(unsigned int cpu) = ht->thread_fn;
	const unsigned int cpu = smp_processor_id();

#if CONFIG_HOTPLUG_CPU
	bool parked = current->created_parked;
#endif

	for (;;) {
		set_current_state(TASK_INTERRUPTIBLE);
#if CONFIG_HOTPLUG_CPU
		if (kthread_should_park()) {
			__set_current_state(TASK_RUNNING);
			if (!parked && ht->park)
				ht->park(cpu);
			parked = true;
			kthread_parkme();
			continue;
		}
		if (parked) {
			__set_current_state(TASK_RUNNING);
			parked = false;
			if (ht->unpark)
				ht->unpark(cpu);
			continue;
		}
#endif
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
#if CONFIG_HOTPLUG_CPU
	p->is_per_cpu = true;
	if (cpu == 0)
		smpboot_list_add(ht);
	if (!cpu_online(cpu)) {
		p->should_park = true;
		p->created_parked = true;
		p->__state = TASK_PARKED;
		return;
	}
#endif
	if (ht->unpark)
		ht->unpark(cpu);
}
