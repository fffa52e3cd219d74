/*
 * Who cancels a timer waits until its callback has returned, and then it is through with it,
 * whatever the callback did. So that what it uses may be freed; hrtimer_try_to_cancel() alone, its
 * -1 ignored, is not enough (-D TRY).
 *
 * -D STARTS_ITSELF: the callback starts it and says that it should be, which is once. -D
 * START_ELSEWHERE: another CPU starts it while the callback may be running; there, that CPU's
 * cancel finds it.
 *
 * -D OWN_CALLBACK: a callback that waits for itself never returns; if it only tries, all is well.
 *
 * -D LOCKED: a lock is held meanwhile which the callback wants. On two CPUs each waits for the
 * other. On one, with -D IRQSAVE, the callback cannot begin before the lock is free, and is then
 * not there to be waited for; without, it waits for the lock of the task that it has interrupted.
 *
 * expect --cpus 1: holds
 * expect --cpus 2: holds
 * expect --cpus 2 -D TRY: violated assertion cpu=0
 * expect --cpus 1 -D TRY: holds
 * expect --cpus 1 -D STARTS_ITSELF: holds
 * expect --cpus 2 -D STARTS_ITSELF: holds
 * expect --cpus 2 -D START_ELSEWHERE: holds
 * expect --cpus 2 -D START_ELSEWHERE -D TRY: violated assertion
 * expect --cpus 1 -D OWN_CALLBACK: violated deadlock permanent
 * expect --cpus 1 -D OWN_CALLBACK -D TRY: holds
 * expect --cpus 2 -D LOCKED -D IRQSAVE: violated deadlock permanent
 * expect --cpus 1 -D LOCKED -D IRQSAVE: holds
 * expect --cpus 1 -D LOCKED: violated spinlock permanent
 * expect --cpus 2 -D IRQSAVE: holds
 */
#include <linux/hrtimer.h>
#include <linux/kthread.h>
#include <linux/spinlock.h>
#include <linux/start_kernel.h>

static struct hrtimer timer;
static DEFINE_SPINLOCK(lock);
static bool freed;

static enum hrtimer_restart callback(struct hrtimer *self __maybe_unused)
{
	ls_assert(!freed);
#if defined(OWN_CALLBACK) && defined(TRY)
	ls_assert(hrtimer_try_to_cancel(self) == -1);
	return HRTIMER_NORESTART;
#elif defined(OWN_CALLBACK)
	hrtimer_cancel(self);
#endif
#if defined(LOCKED) || defined(IRQSAVE)
	spin_lock(&lock);
	spin_unlock(&lock);
#endif
#if defined(STARTS_ITSELF)
	hrtimer_start(self, ms_to_ktime(4000), HRTIMER_MODE_REL);
#elif !defined(START_ELSEWHERE)
	hrtimer_forward_now(self, ms_to_ktime(4000));
#endif
	ls_assert(!freed);
#ifdef START_ELSEWHERE
	return HRTIMER_NORESTART;
#else
	return HRTIMER_RESTART;
#endif
}

/* The callback runs on the CPU on which the timer was started: the first one. */
static int starter(void *unused __maybe_unused)
{
	hrtimer_start(&timer, ms_to_ktime(4000), HRTIMER_MODE_REL);
	return 0;
}

static int canceller(void *unused __maybe_unused)
{
	unsigned long flags __maybe_unused;

	ls_delay(1);
#if defined(LOCKED) && defined(IRQSAVE)
	spin_lock_irqsave(&lock, flags);
#elif defined(LOCKED)
	spin_lock(&lock);
#endif
#ifdef START_ELSEWHERE
	hrtimer_start(&timer, ms_to_ktime(4000), HRTIMER_MODE_REL);
#endif
#if defined(TRY)
	hrtimer_try_to_cancel(&timer);
#else
	hrtimer_cancel(&timer);
	ls_assert(!hrtimer_active(&timer));
#endif
#if defined(LOCKED) && defined(IRQSAVE)
	spin_unlock_irqrestore(&lock, flags);
#elif defined(LOCKED)
	spin_unlock(&lock);
#endif
#ifndef OWN_CALLBACK
	freed = true;
#endif
	return 0;
}

void ls_boot(void)
{
	const int last_cpu = nr_cpu_ids - 1;

	start_kernel();
	hrtimers_init();
	hrtimer_setup(&timer, callback, CLOCK_MONOTONIC, HRTIMER_MODE_REL);
	start_task(kthread_create_on_cpu(starter, NULL, 0, "starter"), 0);
	start_task(kthread_create_on_cpu(canceller, NULL, last_cpu, "canceller"), last_cpu);
}
