/* Threads of which each CPU has one; kernel/smpboot.c runs them. */
#ifndef _LINUX_SMPBOOT_H
#define _LINUX_SMPBOOT_H

#include <linux/kthread.h>
#include <linux/percpu.h>

#ifndef LOCKSTEP_NO_SOURCES
#pragma lockstep source "kernel/smpboot.c"
#endif

struct smp_hotplug_thread {
	struct task_struct *__percpu *store;
	int (*thread_should_run)(unsigned int cpu);
	void (*thread_fn)(unsigned int cpu);
	void (*create)(unsigned int cpu);
	void (*setup)(unsigned int cpu);
	void (*cleanup)(unsigned int cpu, bool online);
	void (*park)(unsigned int cpu);
	void (*unpark)(unsigned int cpu);
	bool selfparking;
	const char *thread_comm;
};

/* In boot. The threads' task_structs belong to the place of the call. */
#define smpboot_register_percpu_thread(plug_thread) ({                                         \
	static DEFINE_PER_CPU(struct task_struct, _thread);                                     \
	unsigned int __cpu;                                                                    \
	for_each_possible_cpu(__cpu)                                                           \
		smpboot_create_thread(plug_thread, __cpu, per_cpu_ptr(&_thread, __cpu));        \
	0;                                                                                     \
})
void smpboot_create_thread(struct smp_hotplug_thread *ht, unsigned int cpu, struct task_struct *p);

#if CONFIG_HOTPLUG_CPU
/* All that do not park themselves, by a thread of the CPU that comes or goes. */
void smpboot_park_threads(unsigned int cpu);
void smpboot_unpark_threads(unsigned int cpu);
#endif

#endif
