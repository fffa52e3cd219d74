/*
 * A task on a CPU that goes continues elsewhere, even if it was bound to that CPU: it is pushed
 * away when it is scheduled there, or wakes up elsewhere (-D ASLEEP). -D NO_PUSH: it says that it
 * is one of the CPU's own threads, and nobody parks it. The CPU cannot go before it ends.
 *
 * expect --cpus 2 -D CONFIG_HOTPLUG_CPU: holds
 * expect --cpus 2 -D CONFIG_HOTPLUG_CPU -D ASLEEP: holds
 * expect --cpus 2 -D CONFIG_HOTPLUG_CPU -D NO_PUSH: violated livelock permanent
 */
#include <linux/completion.h>
#include <linux/cpu.h>
#include <linux/kthread.h>
#include <linux/start_kernel.h>

static bool gone;
static DECLARE_COMPLETION(gone_completion);

static int admin(void *unused __maybe_unused)
{
	ls_assert(cpu_down(1) == 0);
	WRITE_ONCE(gone, true);
#ifdef ASLEEP
	complete(&gone_completion);
#endif
	return 0;
}

static int worker(void *unused __maybe_unused)
{
#ifdef ASLEEP
	wait_for_completion(&gone_completion);
#else
	while (!READ_ONCE(gone))
		schedule();
#endif
	ls_assert(smp_processor_id() == 0);
	return 0;
}

void ls_boot(void)
{
	struct task_struct *p;

	start_kernel();
	p = kthread_create_on_cpu(worker, NULL, 1, "worker/%u");
#ifdef NO_PUSH
	p->is_per_cpu = true;
#endif
	start_task(p, 1);
	start_task(kthread_create_on_cpu(admin, NULL, 0, "admin"), 0);
}
