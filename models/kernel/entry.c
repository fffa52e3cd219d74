/*
 * The border between user code and the kernel, and the way out of an interrupt.
 *
 * Somebody may have asked for the CPU while an interrupt was handled. Whoever was interrupted is
 * preempted if it runs user code, or in a preemptible kernel wherever preemption is not disabled.
 * Where neither can be, in a kernel that is not preemptible and runs no user code, an interrupt's end
 * does nothing, and this file is not part of the model: linux/preempt.h and linux/entry-common.h ask
 * for it.
 *
 * User code itself is whatever stands between exit_to_user_mode() and enter_from_user_mode().
 */
#include <linux/entry-common.h>
#include <linux/sched.h>
#if defined(LS_HANG_TICKS)
#include <linux/silent_hang.h>
#endif

/* Called by the machine on the way out of every interrupt, and for preempt_enable(). */
void ls_irq_exit(void)
{
	preempt_schedule_irq();
}

/* With interrupts off in the kernel, so that nobody can ask for the CPU in between. */
LS_ATOMIC static bool enter_user_unless_need_resched(void)
{
	if (need_resched())
		return false;
	current->in_user = true;
	rcu_user_enter();
#if defined(LS_HANG_TICKS)
	this_cpu_write(silent_hang_alive, true);
#endif
	return true;
}

void exit_to_user_mode(void)
{
	while (!enter_user_unless_need_resched())
		schedule();
}

void enter_from_user_mode(void)
{
	current->in_user = false;
}
