/*
 * A reader may not sleep, and so may not wait for a grace period itself (-D SYNCHRONIZE): where
 * kernel code is preemptible that is a deadlock, where it is not the switch lets the grace period
 * end under the reader's feet. In both it is reported before. -D OUTSIDE: behind the reader all is
 * well.
 *
 * expect --cpus 1: violated atomic_sleep cpu=0 task=reader message=*invalid*context*
 * expect --cpus 1 -D CONFIG_PREEMPT_NONE: violated atomic_sleep cpu=0 task=reader
 * expect --cpus 1 -D CONFIG_PREEMPT_FULL --all: violated atomic_sleep cpu=0 task=reader; warning cpu=0 task=reader message=*Voluntary*context*switch*; deadlock permanent task=reader
 * expect --cpus 1 -D SYNCHRONIZE: violated atomic_sleep cpu=0 task=reader
 * expect --cpus 1 -D CONFIG_PREEMPT_FULL -D SYNCHRONIZE -D CONFIG_DEBUG_ATOMIC_SLEEP=0 --all: violated warning task=reader; deadlock permanent task=reader; rcu_stall permanent task=reader
 * expect --cpus 2 -D CONFIG_PREEMPT_FULL -D SYNCHRONIZE -D RCU_KTHREAD_CPUMASK=2 --all: violated atomic_sleep task=reader; warning task=reader; deadlock permanent task=reader; rcu_stall permanent task=reader message=*tasks:*P1002*[reader]
 * expect --cpus 1 -D OUTSIDE -D SYNCHRONIZE: holds
 * expect --cpus 1 -D CONFIG_PREEMPT_FULL -D OUTSIDE -D SYNCHRONIZE: holds
 * expect --cpus 2 -D CONFIG_PREEMPT_FULL -D OUTSIDE -D SYNCHRONIZE: holds
 */
#include <linux/completion.h>
#include <linux/kthread.h>
#include <linux/rcupdate.h>
#include <linux/start_kernel.h>

static DECLARE_COMPLETION(never);

static int reader(void *unused __maybe_unused)
{
	rcu_read_lock();
#ifdef OUTSIDE
	rcu_read_unlock();
#endif
#ifdef SYNCHRONIZE
	synchronize_rcu();
#else
	wait_for_completion(&never);
#endif
#ifndef OUTSIDE
	rcu_read_unlock();
#endif
	return 0;
}

void ls_boot(void)
{
	start_kernel();
	rcu_init();
	start_task(kthread_create(reader, NULL, "reader"), 0);
}
