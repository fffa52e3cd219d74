/*
 * A CPU goes and comes again. While it is away nothing runs there: works for its stopper are
 * refused, and the machine is stopped without it. When it has come its stopper takes works again.
 * The last CPU does not go.
 *
 * expect --cpus 2 -D CONFIG_HOTPLUG_CPU: holds
 * expect --cpus 2 -D CONFIG_HOTPLUG_CPU -D CONFIG_PREEMPT_FULL: holds
 */
#include <linux/cpu.h>
#include <linux/kthread.h>
#include <linux/start_kernel.h>
#include <linux/stop_machine.h>

static int calls;

static int fn(void *unused __maybe_unused)
{
	ls_assert(cpu_online(smp_processor_id()));
	return ++calls;
}

static int admin(void *unused __maybe_unused)
{
	int cpu;

	for (cpu = 1; cpu >= 0; cpu--)
		ls_assert(cpu_down(cpu) == (cpu == 0 ? -EBUSY : 0));
	ls_assert(!cpu_online(1) && !cpu_active(1) && num_online_cpus() == 1);
	ls_assert(stop_machine(fn, NULL, NULL) == 1);
	for (cpu = 0; cpu <= 1; cpu++)
		ls_assert(stop_one_cpu(cpu, fn, NULL) == (cpu == 0 ? 2 : -ENOENT));

	ls_assert(cpu_up(1) == 0);
	ls_assert(cpu_online(1) && cpu_active(1) && num_online_cpus() == 2);
	return 0;
}

void ls_boot(void)
{
	start_kernel();
	start_task(kthread_create_on_cpu(admin, NULL, 0, "admin"), 0);
}
