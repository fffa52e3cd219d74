/*
 * All other CPUs have shown where they are when trigger_allbutcpu_cpu_backtrace() returns, though
 * one of them has interrupts off. A CPU that the hypervisor does not run (-D STOLEN) is waited for,
 * but for 10 s only. Of two that ask at a time one gets nothing (-D TWO).
 *
 * expect --cpus 2 -D SOFTLOCKUP_ALL_CPU_BACKTRACE: holds
 * expect --cpus 3 -D SOFTLOCKUP_ALL_CPU_BACKTRACE: holds
 * expect --cpus 2 -D SOFTLOCKUP_ALL_CPU_BACKTRACE -D STOLEN=2: holds
 * expect --cpus 2 -D SOFTLOCKUP_ALL_CPU_BACKTRACE -D STOLEN=4: violated assertion
 * expect --cpus 2 -D SOFTLOCKUP_ALL_CPU_BACKTRACE -D TWO: violated assertion
 */
#include <linux/kthread.h>
#include <linux/nmi.h>
#include <linux/start_kernel.h>

#ifndef STOLEN
#define STOLEN 0
#endif

static int target(void *unused __maybe_unused)
{
#ifdef TWO
	ls_assert(trigger_all_cpu_backtrace());
#else
	local_irq_disable();
	ls_delay(1);
	local_irq_enable();
#endif
	return 0;
}

static int ask(void *unused __maybe_unused)
{
	const ls_time_t start = ls_now();

	if (STOLEN)
		ls_steal(1, STOLEN);
	ls_assert(trigger_allbutcpu_cpu_backtrace(smp_processor_id()));
	ls_assert(ls_now() - start == STOLEN);
	return 0;
}

void ls_boot(void)
{
	start_kernel();
	nmi_backtrace_init();
	start_task(kthread_create_on_cpu(ask, NULL, 0, "ask"), 0);
	start_task(kthread_create_on_cpu(target, NULL, 1, "target"), 1);
}
