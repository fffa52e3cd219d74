/*
 * Looks for hangs that nobody reports.
 *
 * Once a tick, on all CPUs at once, an observer outside the machine looks: a CPU is alive if since the last look it has
 * switched tasks or could have (cond_resched(), a return to user code), if it idles or runs user
 * code, or if in a preemptible kernel what runs there can be preempted. If it was not alive at
 * LS_HANG_TICKS looks in a row that is a hang, and a silent one if no detector has reported anything
 * by then. As soon as one has, or a silent hang was found, there is nothing more to find.
 *
 * LS_HANG_TICKS has to be larger than what the detectors need: 7 is, for all of them. A hang that
 * ends before is none.
 */
#include <asm/irq_vectors.h>
#include <linux/kernel.h>
#include <linux/sched.h>
#include <linux/silent_hang.h>

DEFINE_PER_CPU(bool, silent_hang_alive);
static DEFINE_PER_CPU(unsigned char, silent_hang_ticks);
static bool silent_hang_is_over;	/* somebody has reported something */

void silent_hang_reported(void)
{
	unsigned int cpu;

	silent_hang_is_over = true;
	for_each_possible_cpu(cpu) {
		per_cpu(silent_hang_alive, cpu) = false;
		per_cpu(silent_hang_ticks, cpu) = 0;
	}
}

static bool silent_hang_is_alive(int cpu)
{
	const struct task_struct *curr = ls_task_data(ls_current(cpu));
	const bool alive = per_cpu(silent_hang_alive, cpu);

	per_cpu(silent_hang_alive, cpu) = false;
	return alive || curr->sched_class == idle_sched_class || curr->in_user ||
	       (CONFIG_PREEMPTION && per_cpu(__preempt_count, cpu) == 0);
}

static void silent_hang_look(void)
{
	bool found = false;
	unsigned int cpu;

	for_each_possible_cpu(cpu) {
		unsigned char *ticks = &per_cpu(silent_hang_ticks, cpu);

		*ticks = silent_hang_is_alive(cpu) ? 0 : *ticks + 1;
		if (*ticks < LS_HANG_TICKS)
			continue;
		ls_report("silent_hang", cpu, ls_current(cpu),
			  "CPU#%d: nothing for %d ticks, and no report [%pT]", cpu, LS_HANG_TICKS,
			  ls_current(cpu));
		found = true;
	}
	if (found)
		silent_hang_reported();
}

static void silent_hang_nmi(void)
{
	if (silent_hang_is_over)
		return;
	silent_hang_look();
	if (!silent_hang_is_over)
		ls_timer_start(0, SILENT_HANG_VECTOR, 1);
}

void silent_hang_init(void)
{
	ls_nmi_handler(SILENT_HANG_VECTOR, silent_hang_nmi);
	ls_timer_start(0, SILENT_HANG_VECTOR, 1);
}
