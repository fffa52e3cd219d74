/*
 * RCU's stall detector lists CPUs that only wait (366237e7b083, "stop_machine: Provide RCU
 * quiescent state in multi_cpu_stop()": "rcu: INFO: rcu_sched detected stalls on CPUs/tasks", for
 * all the CPUs of a stop_machine(), of which one is to blame).
 *
 * A driver on CPU 0 waits for its device, and lets nobody else run meanwhile. A task on CPU 1 stops
 * CPUs 0 and 1: its stopper waits in multi_cpu_stop() for that of CPU 0. Then somebody on the last
 * CPU waits for a grace period. CPU 0 holds it up, and so does CPU 1, which has not switched tasks
 * since it began: after 21 s both are listed. After the change the stopper says in its loop that it
 * is not reading, and only CPU 0 is listed: nobody is blamed who waits for another
 * (--no-false-blame).
 *
 * It takes three CPUs, since a grace period's thread must run after CPU 1 has begun to wait. On
 * two, the only CPU left for it is that of the driver, which then has switched tasks; if it ran on
 * CPU 1 before that was stopped, then CPU 1 has. And it takes a thread that goes on running: a
 * momentary quiescent state is a counter at which nobody looks but the thread. With -D STOP_MACHINE
 * it is stopped as well; then CPU 1 stays on the list after the change, too, if the grace period
 * began between the two stoppers' arrivals (violated, but too large to be explored to the end in a
 * test).
 *
 * expect --cpus 3 --all -D RCU_KTHREAD_CPUMASK=4 --before 366237e7b083: violated rcu_stall transient cpu=0 task=modprobe; rcu_stall transient cpu=1 task=migration/1
 * expect --cpus 3 --all -D RCU_KTHREAD_CPUMASK=4 --after 366237e7b083: violated rcu_stall transient cpu=0 task=modprobe
 * expect --cpus 3 --no-false-blame -D RCU_KTHREAD_CPUMASK=4 --before 366237e7b083: violated rcu_stall transient cpu=1 task=migration/1
 * expect --cpus 3 --no-false-blame -D RCU_KTHREAD_CPUMASK=4: holds
 * expect --cpus 3 -D RCU_KTHREAD_CPUMASK=4 -D POLL_TICKS=5: holds
 * expect --cpus 2 --all -D RCU_KTHREAD_CPUMASK=2 --before 366237e7b083: violated rcu_stall transient cpu=0 task=modprobe
 * expect-long --cpus 2 --all -D RCU_KTHREAD_CPUMASK=2: violated rcu_stall transient cpu=0 task=modprobe
 */
#include <linux/kthread.h>
#include <linux/rcupdate.h>
#include <linux/start_kernel.h>
#include <linux/stop_machine.h>

#if NR_CPUS < 2
#error "one CPU is late, another waits for it: at least --cpus 2"
#endif

/* A tick of 4 s each: longer than the 21 s after which a grace period is reported. */
#ifndef POLL_TICKS
#define POLL_TICKS 7
#endif

/* A driver waits for its device, and lets nobody else run. */
static int poll_device(void *unused __maybe_unused)
{
	preempt_disable();
	ls_delay(POLL_TICKS);
	preempt_enable();
	return 0;
}

static int update_topology(void *unused __maybe_unused)
{
	return 0;
}

static int stop(void *unused __maybe_unused)
{
#ifdef STOP_MACHINE
	return stop_machine(update_topology, NULL, NULL);
#else
	return stop_two_cpus(0, 1, update_topology, NULL);
#endif
}

static int unlink(void *unused __maybe_unused)
{
	synchronize_rcu();
	return 0;
}

void ls_boot(void)
{
	const int last_cpu = nr_cpu_ids - 1;

	start_kernel();
	rcu_init();
	start_task(kthread_create_on_cpu(poll_device, NULL, 0, "modprobe"), 0);
	start_task(kthread_create_on_cpu(unlink, NULL, last_cpu, "kworker/%d:1"), last_cpu);
	start_task(kthread_create_on_cpu(stop, NULL, 1, "stop"), 1);
}
