/*
 * migrate_swap() with a CPU that goes (009836b4fa52, "sched/core: Fix migrate_swap() vs. hotplug").
 *
 * CPU 1 goes, and pushes away whatever it has switched to: it gives its stopper the one work that
 * it has for that, and relies on the stopper's being next. Before the change a stopper was woken up
 * by a wake_q, and can be in one at a time. CPU 0 has just queued the two works of a
 * stop_two_cpus(), has both stoppers in its wake_q, and has not come to wake them up. So nobody
 * wakes CPU 1's. The task that should be pushed away goes on, is scheduled once more, and the work
 * is queued a second time: as the last of the queue it follows itself from then on, and the stopper
 * runs it over and over.
 *
 * That is the first half of the change. (The second is about wake-ups that another CPU carries
 * out.)
 *
 * expect --cpus 2 -D CONFIG_HOTPLUG_CPU -D CONFIG_DEBUG_LIST --before 009836b4fa52: violated warning task=work message=WARNING:*
 * expect-long --cpus 2 -D CONFIG_HOTPLUG_CPU --before 009836b4fa52: violated deadlock permanent task=cpu_down
 * expect --cpus 2 -D CONFIG_HOTPLUG_CPU -D CONFIG_DEBUG_LIST: holds
 */
#include <linux/cpu.h>
#include <linux/kthread.h>
#include <linux/start_kernel.h>
#include <linux/stop_machine.h>

#if !CONFIG_HOTPLUG_CPU || NR_CPUS < 2
#error "a CPU goes: -D CONFIG_HOTPLUG_CPU, and at least --cpus 2"
#endif

static int nothing(void *unused __maybe_unused)
{
	return 0;
}

static int take_down(void *unused __maybe_unused)
{
	return cpu_down(1);
}

/* What is left of migrate_swap() after it has found both CPUs active. */
static int swap_tasks(void *unused __maybe_unused)
{
	stop_two_cpus(0, 1, nothing, NULL);
	return 0;
}

/* Runs on the CPU that goes, and may run elsewhere. */
static int work(void *unused __maybe_unused)
{
	schedule();
	schedule();
	return 0;
}

void ls_boot(void)
{
	start_kernel();
	start_task(kthread_create_on_cpu(take_down, NULL, 0, "cpu_down"), 0);
	start_task(kthread_create_on_cpu(swap_tasks, NULL, 0, "migrate_swap"), 0);
	start_task(kthread_create_on_node(work, NULL, 1, "work"), 1);
}
