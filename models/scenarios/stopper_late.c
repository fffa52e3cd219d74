/*
 * A CPU has come, and a task that runs on it asks its stopper for something before the stopper
 * takes works (45178ac0cea8, "cpu/hotplug, stop_machine: Fix stop_machine vs hotplug order").
 *
 * CPU 0 brings up CPU 1. A kernel thread that may run everywhere is woken up meanwhile, and finds
 * itself on CPU 1 as soon as that is online and lets it run. It wants to be on CPU 0 from then on
 * (a workqueue's rescuer does that), for which CPU 1's stopper is needed. Before the change it was
 * CPU 0 that had the stopper take works, after CPU 1 had reported in. In between the work is
 * refused, which nobody looks at: the thread thinks that it has been moved, and goes on where it
 * must not be.
 *
 * expect --cpus 2 -D CONFIG_HOTPLUG_CPU --before 45178ac0cea8: violated assertion task=rescuer
 * expect --cpus 2 -D CONFIG_HOTPLUG_CPU --after 45178ac0cea8: holds
 * expect --cpus 2 -D CONFIG_HOTPLUG_CPU: holds
 */
#include <linux/cpu.h>
#include <linux/kthread.h>
#include <linux/start_kernel.h>
#include <linux/stop_machine.h>

#if !CONFIG_HOTPLUG_CPU || NR_CPUS < 2
#error "a CPU comes: -D CONFIG_HOTPLUG_CPU, and at least --cpus 2"
#endif

static struct task_struct *rescuer;

static int rescue(void *unused __maybe_unused)
{
	set_cpus_allowed_ptr(current, cpumask_of(0));
	ls_assert(smp_processor_id() == 0);
	return 0;
}

static int bring_up(void *unused __maybe_unused)
{
	return cpu_up(1);
}

/* Runs when the one who brings the CPU up waits for it. */
static int submit(void *unused __maybe_unused)
{
	wake_up_process(rescuer);
	return 0;
}

void ls_boot(void)
{
	start_kernel_maxcpus(1);
	rescuer = kthread_create_on_node(rescue, NULL, 1, "rescuer");
	start_task(kthread_create_on_cpu(bring_up, NULL, 0, "cpu_up"), 0);
	start_task(kthread_create_on_cpu(submit, NULL, 0, "submit"), 0);
}
