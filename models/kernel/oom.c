/*
 * The out-of-memory killer, as far as it holds up its CPU: it lists all tasks that it could kill, a
 * record each, and then kills one.
 *
 * Of the whole machine's tasks it makes the list under rcu_read_lock(); a memory cgroup's tasks it
 * walks through without, and may let others run after each (CONFIG_OOM_DUMP_COND_RESCHED: what was
 * added after the field reports). Neither has any other point where a kernel that is not
 * preemptible would let go of the CPU.
 *
 * Left out: choosing and killing the victim, which takes no time to speak of.
 */
#include <linux/oom.h>
#include <linux/printk.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>

#ifndef CONFIG_OOM_DUMP_COND_RESCHED
#define CONFIG_OOM_DUMP_COND_RESCHED 0
#endif

static void dump_task(void)
{
	pr_info("[%7d] %s\n");
}

static void mem_cgroup_scan_tasks(int nr_tasks)
{
	int i;

	for (i = 0; i < nr_tasks; i++) {
		dump_task();
		if (CONFIG_OOM_DUMP_COND_RESCHED)
			cond_resched();
	}
}

static void dump_tasks(struct oom_control *oc)
{
	const int nr_tasks = oc->nr_tasks;
	int i;

	if (oc->memcg) {
		mem_cgroup_scan_tasks(nr_tasks);
		return;
	}
	rcu_read_lock();
	for (i = 0; i < nr_tasks; i++)
		dump_task();
	rcu_read_unlock();
}

bool out_of_memory(struct oom_control *oc)
{
	dump_tasks(oc);
	pr_err("Out of memory: Killed process\n");
	return true;
}
