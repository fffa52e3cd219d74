/*
 * A CPU that owes a quiescent state for 21 s (or what CONFIG_RCU_CPU_STALL_TIMEOUT says) after a
 * grace period began is listed. It owes one while it runs kernel code without a context switch, in
 * a preemptible kernel only if that disables preemption. It does not in user mode (-D IN_USER), and
 * an idle CPU (there is one wherever there are two) never does. cond_resched() pays for what is not
 * preemptible (-D RESCHED). Touching the watchdog does not (-D TOUCH). With interrupts off (-D
 * IRQS_OFF) it is listed by the other CPU, if there is one; else when they are on again. Without a
 * grace period (-D NO_GRACE_PERIOD) nobody is listed.
 *
 * -D LATER: the grace period begins a tick after the hog.
 *
 * 21 s are more than five ticks of 4 s; 20 s and 17 s are five. With WATCHDOG_THRESH=20 a tick is 8
 * s.
 *
 * expect --cpus 1 -D WAIT=7 --all: violated rcu_stall transient cpu=0 task=hog message=rcu:*rcu_sched*self-detected*stall*on*CPU*0*[hog]
 * expect --cpus 1 -D WAIT=5: holds
 * expect --cpus 1 -D WAIT=7 -D NO_GRACE_PERIOD: holds
 * expect --cpus 1 -D WAIT=7 -D TOUCH --all: violated rcu_stall transient cpu=0 task=hog
 * expect --cpus 1 -D WAIT=7 -D RESCHED: holds
 * expect --cpus 1 -D WAIT=9 -D IN_USER: holds
 * expect --cpus 1 -D WAIT=9 -D CONFIG_PREEMPT_FULL: holds
 * expect --cpus 1 -D WAIT=7 -D CONFIG_PREEMPT_FULL -D PREEMPT_OFF: violated rcu_stall transient cpu=0 task=hog message=*rcu_preempt*self-detected*
 * expect --cpus 1 -D WAIT=5 -D CONFIG_PREEMPT_FULL -D PREEMPT_OFF: holds
 * expect --cpus 1 -D WAIT=7 -D CONFIG_PREEMPT_FULL -D PREEMPT_OFF -D RESCHED: holds
 * expect --cpus 1 -D WAIT=5 -D CONFIG_RCU_CPU_STALL_TIMEOUT=17: violated rcu_stall transient
 * expect --cpus 1 -D WAIT=5 -D CONFIG_RCU_CPU_STALL_TIMEOUT=20: violated rcu_stall transient
 * expect --cpus 1 -D WAIT=14 -D CONFIG_RCU_CPU_STALL_TIMEOUT=60: holds
 * expect --cpus 1 -D WAIT=16 -D CONFIG_RCU_CPU_STALL_TIMEOUT=60: violated rcu_stall transient
 * expect --cpus 1 -D WAIT=2 -D WATCHDOG_THRESH=20: holds
 * expect --cpus 1 -D WAIT=4 -D WATCHDOG_THRESH=20: violated rcu_stall transient
 * expect --cpus 1 -D FOR_EVER --all: violated rcu_stall permanent cpu=0 task=hog; deadlock permanent task=hog
 * expect --cpus 2 -D WAIT=7 --all: violated rcu_stall transient cpu=0 task=hog message=*self-detected*; rcu_stall transient cpu=0 task=hog message=*detected*stalls*on*CPUs/tasks:*0*
 * expect --cpus 2 -D WAIT=7 -D IRQS_OFF --all: violated rcu_stall transient cpu=0 task=hog message=*detected*stalls*on*CPUs/tasks:*0*
 * expect --cpus 1 -D WAIT=7 -D IRQS_OFF --all: violated rcu_stall transient cpu=0 task=hog message=*self-detected*
 * expect --cpus 2 -D WAIT=9 -D IN_USER: holds
 * expect --cpus 2 -D WAIT=9 -D IN_USER -D LATER -D RCU_KTHREAD_CPUMASK=2: holds
 * expect --cpus 2 -D WAIT=9 -D LATER -D RCU_KTHREAD_CPUMASK=2: violated rcu_stall transient cpu=0 task=hog
 * expect --cpus 2 -D WAIT=6 -D LATER -D RCU_KTHREAD_CPUMASK=2: holds
 * expect --cpus 2 -D WAIT=9 -D CONFIG_PREEMPT_FULL: holds
 */
#include <linux/entry-common.h>
#include <linux/kthread.h>
#include <linux/nmi.h>
#include <linux/rcupdate.h>
#include <linux/start_kernel.h>

static void enter(void)
{
#if defined(IN_USER)
	exit_to_user_mode();
#elif defined(IRQS_OFF)
	local_irq_disable();
#elif defined(PREEMPT_OFF)
	preempt_disable();
#endif
}

static void leave(void)
{
#if defined(IN_USER)
	enter_from_user_mode();
#elif defined(IRQS_OFF)
	local_irq_enable();
#elif defined(PREEMPT_OFF)
	preempt_enable();
#endif
}

static int hog(void *unused __maybe_unused)
{
	enter();
#ifdef FOR_EVER
	for (;;)
		cpu_relax();
#else
	for (int i = 0; i < WAIT; i++) {
		ls_delay(1);
#ifdef TOUCH
		touch_nmi_watchdog();
		touch_all_softlockup_watchdogs();
#endif
#ifdef RESCHED
		leave();
		cond_resched();
		enter();
#endif
	}
#endif
	leave();
	return 0;
}

#ifdef LATER
static int updater(void *unused __maybe_unused)
{
	ls_delay(1);
	synchronize_rcu();
	return 0;
}
#endif

void ls_boot(void)
{
	start_kernel();
	rcu_init();
#if defined(LATER)
	start_task(kthread_create_on_cpu(updater, NULL, 1, "updater"), 1);
#elif !defined(NO_GRACE_PERIOD)
	rcu_gp_start();
#endif
	start_task(kthread_create_on_cpu(hog, NULL, 0, "hog"), 0);
}
