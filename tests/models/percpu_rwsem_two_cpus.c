/*
 * A reader goes down on CPU 0, and up on CPU 1, for ever: one count grows and the other shrinks, and
 * their sum is what the writer goes by. (A count without bound would have no end of states.)
 *
 * expect --cpus 2: holds
 * expect --cpus 2 -D STAYS: violated deadlock permanent
 */
#include <linux/completion.h>
#include <linux/kthread.h>
#include <linux/percpu-rwsem.h>
#include <linux/sched.h>
#include <linux/start_kernel.h>

#if NR_CPUS < 2
#error "down on one CPU, and up on another: at least --cpus 2"
#endif

DEFINE_STATIC_PERCPU_RWSEM(sem);
static DECLARE_COMPLETION(is_down);
static DECLARE_COMPLETION(is_up);

static int down(void *unused __maybe_unused)
{
	for (;;) {
		percpu_down_read(&sem);
		complete(&is_down);
		wait_for_completion(&is_up);
		percpu_down_write(&sem);
		percpu_up_write(&sem);
		ls_progress();
	}
	return 0;
}

static int up(void *unused __maybe_unused)
{
	for (;;) {
		wait_for_completion(&is_down);
#ifndef STAYS
		percpu_up_read(&sem);
#endif
		complete(&is_up);
	}
	return 0;
}

void ls_boot(void)
{
	start_kernel();
	start_task(kthread_create_on_cpu(down, NULL, 0, "down"), 0);
	start_task(kthread_create_daemon_on_cpu(up, NULL, 1, "up"), 1);
}
