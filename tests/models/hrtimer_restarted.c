/*
 * A timer that has been cancelled may be started again, by whoever does not know: here by a task
 * that the callback has woken up. Then what was freed after the cancel is used (-D UNAWARE). It has
 * to be told, and waited for.
 *
 * expect --cpus 1: holds
 * expect --cpus 2: holds
 * expect --cpus 2 -D UNAWARE: violated assertion
 * expect --cpus 1 -D UNAWARE: violated assertion
 */
#include <linux/completion.h>
#include <linux/hrtimer.h>
#include <linux/kthread.h>
#include <linux/start_kernel.h>

static struct hrtimer timer;
static DECLARE_COMPLETION(expired);
static DECLARE_COMPLETION(worker_left);
static bool stopping, freed;

static enum hrtimer_restart callback(struct hrtimer *self __maybe_unused)
{
	ls_assert(!freed);
	complete(&expired);
	return HRTIMER_NORESTART;
}

/* Does its work at each expiry, and asks for the next. */
static int worker(void *unused __maybe_unused)
{
	int i;

	for (i = 0; i < 2 && !READ_ONCE(stopping); i++) {
		hrtimer_start(&timer, ms_to_ktime(4000), HRTIMER_MODE_REL);
		wait_for_completion(&expired);
	}
	complete(&worker_left);
	return 0;
}

static int remove(void *unused __maybe_unused)
{
	ls_delay(1);
#ifndef UNAWARE
	WRITE_ONCE(stopping, true);
	complete(&expired);
	wait_for_completion(&worker_left);
#endif
	hrtimer_cancel(&timer);
	freed = true;
#ifdef UNAWARE
	complete(&expired);
#endif
	return 0;
}

void ls_boot(void)
{
	start_kernel();
	hrtimers_init();
	hrtimer_setup(&timer, callback, CLOCK_MONOTONIC, HRTIMER_MODE_REL);
	start_task(kthread_create_on_cpu(worker, NULL, 0, "worker"), 0);
	start_task(kthread_create_on_cpu(remove, NULL, nr_cpu_ids - 1, "remove"), nr_cpu_ids - 1);
}
