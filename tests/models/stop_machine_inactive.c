/*
 * A CPU that comes stops the others before it is online (as x86 does to set up its caches): its
 * function runs on those that are named, once on each, while all of them have interrupts off. A
 * task on CPU 0 is not seen half-way. -D NOT_STOPPED: without that it is.
 *
 * expect --cpus 2 -D CONFIG_HOTPLUG_CPU: holds
 * expect --cpus 2 -D CONFIG_HOTPLUG_CPU -D NOT_STOPPED: violated assertion
 */
#include <linux/atomic.h>
#include <linux/cpu.h>
#include <linux/kthread.h>
#include <linux/start_kernel.h>
#include <linux/stop_machine.h>

static int first_half, second_half;
static atomic_t calls;

static int rendezvous(void *unused __maybe_unused)
{
	ls_assert(irqs_disabled());
	ls_assert(first_half == second_half);
	atomic_inc(&calls);
	return 0;
}

static int starting(unsigned int cpu)
{
	ls_assert(cpu == 1 && !cpu_online(1));
#ifdef NOT_STOPPED
	return rendezvous(NULL);
#else
	return stop_machine_from_inactive_cpu(rendezvous, NULL, cpu_possible_mask);
#endif
}

static int admin(void *unused __maybe_unused)
{
	ls_assert(cpu_up(1) == 0);
	ls_assert(atomic_read(&calls) == 2);
	return 0;
}

static int writer(void *unused __maybe_unused)
{
	preempt_disable();
	first_half++;
	second_half++;
	preempt_enable();
	return 0;
}

void ls_boot(void)
{
	start_kernel_maxcpus(1);
	cpuhp_setup_state_nocalls(CPUHP_AP_CACHECTRL_STARTING, "test:starting", starting, NULL);
	start_task(kthread_create_on_cpu(admin, NULL, 0, "admin"), 0);
	start_task(kthread_create_on_cpu(writer, NULL, 0, "writer"), 0);
}
