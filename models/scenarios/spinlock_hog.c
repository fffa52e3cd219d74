/*
 * A spinlock that is held for long (a field report from RHEL 5: "BUG: soft lockup - CPU#1 stuck
 * for 10s! [kswapd1:982]", with the victims bash and rsync, all at the lock of NFS's access
 * cache).
 *
 * kswapd on CPU 0 shrinks the cache under the cache's lock, a tick of 4 s for each of its lists;
 * rsync on CPU 1 wants the lock. Both CPUs are reported, and the one that does the work is not
 * where "spin_lock" is on top of the stack. All goes on when kswapd is done.
 *
 * -D IRQSAVE: rsync spins with interrupts off. Then its CPU is reported by NMI
 * (-D CONFIG_HARDLOCKUP_DETECTOR_PERF), and by its own timer only afterwards, which comes late.
 * -D NR_LISTS=5: kswapd is done before anybody is reported.
 * -D RESCHED_LOCKED: kswapd lets others run, with the lock held: refused.
 * -D DROP_LOCK: kswapd lets go of the lock after each list, and lets others run. That is enough
 * where locks have an order (-D CONFIG_QUEUED_SPINLOCKS). Where they have none, as in RHEL 5,
 * rsync may be overtaken each time, and is reported all the same.
 *
 * expect --cpus 2: violated soft_lockup transient message=*stuck*for*22s*
 * expect --cpus 2 --all: violated soft_lockup transient cpu=0 task=kswapd0; soft_lockup transient cpu=1 task=rsync
 * expect --cpus 2 --all -D CONFIG_PREEMPT_FULL: violated soft_lockup transient cpu=0 task=kswapd0; soft_lockup transient cpu=1 task=rsync
 * expect --cpus 2 --all -D CONFIG_QUEUED_SPINLOCKS: violated soft_lockup transient cpu=0 task=kswapd0; soft_lockup transient cpu=1 task=rsync
 * expect --cpus 2 --all -D CONFIG_HARDLOCKUP_DETECTOR_PERF: violated soft_lockup transient cpu=0 task=kswapd0; soft_lockup transient cpu=1 task=rsync
 * expect --cpus 2 --all -D IRQSAVE -D CONFIG_HARDLOCKUP_DETECTOR_PERF: violated hard_lockup transient cpu=1 task=rsync; soft_lockup transient cpu=0 task=kswapd0; soft_lockup transient cpu=1 task=rsync
 * expect --cpus 2 -D NR_LISTS=5: holds
 * expect --cpus 2 -D RESCHED_LOCKED: violated atomic_sleep cpu=0 task=kswapd0
 * expect --cpus 2 -D RESCHED_LOCKED -D CONFIG_PREEMPT_FULL: violated atomic_sleep cpu=0 task=kswapd0
 * expect --cpus 2 -D DROP_LOCK: violated soft_lockup transient cpu=1 task=rsync
 * expect --cpus 2 --all -D DROP_LOCK: violated soft_lockup transient cpu=1 task=rsync; soft_lockup cpu=1 task=watchdog/1
 * expect --cpus 2 -D DROP_LOCK -D CONFIG_QUEUED_SPINLOCKS: holds
 * expect --cpus 2 -D DROP_LOCK -D CONFIG_QUEUED_SPINLOCKS -D CONFIG_PREEMPT_NONE: holds
 * expect --cpus 2 -D DROP_LOCK -D CONFIG_QUEUED_SPINLOCKS -D CONFIG_PREEMPT_FULL: holds
 * expect --cpus 2 -D DROP_LOCK -D CONFIG_QUEUED_SPINLOCKS -D IRQSAVE -D CONFIG_HARDLOCKUP_DETECTOR_PERF: holds
 */
#include <linux/kthread.h>
#include <linux/nmi.h>
#include <linux/sched.h>
#include <linux/spinlock.h>
#include <linux/start_kernel.h>

#if NR_CPUS < 2
#error "one CPU holds the lock, another waits for it: at least --cpus 2"
#endif

/* A tick of 4 s each: longer than the 24 s after which the detector reports. */
#ifndef NR_LISTS
#define NR_LISTS 7
#endif

static DEFINE_SPINLOCK(nfs_access_lru_lock);

static void give_way(void)
{
#if defined(RESCHED_LOCKED)
	cond_resched();
#elif defined(DROP_LOCK)
	spin_unlock(&nfs_access_lru_lock);
	cond_resched();
	spin_lock(&nfs_access_lru_lock);
#endif
}

/* nfs_access_cache_shrinker() */
static int kswapd(void *unused __maybe_unused)
{
	int i;

	spin_lock(&nfs_access_lru_lock);
	for (i = 0; i < NR_LISTS; i++) {
		ls_delay(1);
		give_way();
	}
	spin_unlock(&nfs_access_lru_lock);
	return 0;
}

static int rsync(void *unused __maybe_unused)
{
#ifdef IRQSAVE
	unsigned long flags;

	spin_lock_irqsave(&nfs_access_lru_lock, flags);
	spin_unlock_irqrestore(&nfs_access_lru_lock, flags);
#else
	spin_lock(&nfs_access_lru_lock);
	spin_unlock(&nfs_access_lru_lock);
#endif
	return 0;
}

void ls_boot(void)
{
	start_kernel();
	lockup_detector_init();
	start_task(kthread_create_on_cpu(kswapd, NULL, 0, "kswapd%d"), 0);
	start_task(kthread_create_on_cpu(rsync, NULL, 1, "rsync"), 1);
}
