/*
 * Cross calls in the wrong place (patterns behind field reports of CPUs that wait in
 * smp_call_function_many()).
 *
 * On two CPUs: each calls the other and waits, with interrupts off. Neither can answer. With
 * -D CONFIG_HARDLOCKUP_DETECTOR_PERF both are reported by NMI. The kernel warns about the first
 * such call; -D CONFIG_DEBUG_SMP_CALL=0 leaves the warnings out. -D ONE_HAS_IRQS_ON: one of the
 * two can answer, and all goes on. -D IRQS_ON: both can.
 *
 * -D FROM_IRQ, on one CPU: a task makes a call and does not wait. In the middle of it comes a
 * device's interrupt that does the same, and waits for the CPU's one csd, which the task holds.
 * On one CPU already, since a call of the own CPU uses the csd, too. -D OTHER_CPU: the call is to
 * another CPU. There it can also come between the task's look at the csd's lock and its taking
 * it: then the csd is queued twice, and the other CPU never comes to the end of its queue (and
 * finds a csd unlocked, which the kernel warns about).
 * -D OWN_CSD: the interrupt brings a csd of its own (smp_call_function_single_async()).
 *
 * -D ON_EACH_CPU: every CPU calls all, itself included, and waits; interrupts are on.
 *
 * expect --cpus 2: violated warning message=WARNING:*called_with_irqs_disabled()
 * expect --cpus 2 -D CONFIG_DEBUG_SMP_CALL=0: violated deadlock permanent
 * expect --cpus 2 -D CONFIG_DEBUG_SMP_CALL=0 -D CONFIG_HARDLOCKUP_DETECTOR_PERF --all: violated deadlock permanent; hard_lockup permanent cpu=0 task=caller/0; hard_lockup permanent cpu=1 task=caller/1
 * expect --cpus 2 -D CONFIG_DEBUG_SMP_CALL=0 -D CONFIG_LOCKUP_DETECTOR --all: violated deadlock permanent
 * expect --cpus 2 -D ONE_HAS_IRQS_ON: violated warning cpu=0 message=WARNING:*called_with_irqs_disabled()
 * expect --cpus 2 -D ONE_HAS_IRQS_ON -D CONFIG_DEBUG_SMP_CALL=0: holds
 * expect --cpus 2 -D IRQS_ON: holds
 * expect --cpus 2 -D IRQS_ON -D CONFIG_PREEMPT_FULL: holds
 * expect --cpus 1 -D FROM_IRQ: violated warning cpu=0 message=WARNING:*called_with_irqs_disabled()
 * expect --cpus 1 -D FROM_IRQ --all: violated warning cpu=0 message=WARNING:*called_with_irqs_disabled(); warning cpu=0 message=WARNING:*called_from_interrupt(); deadlock permanent cpu=0 task=caller/0
 * expect --cpus 1 -D FROM_IRQ -D CONFIG_DEBUG_SMP_CALL=0: violated deadlock permanent cpu=0 task=caller/0
 * expect --cpus 1 -D FROM_IRQ -D CONFIG_DEBUG_SMP_CALL=0 -D CONFIG_HARDLOCKUP_DETECTOR_PERF --all: violated deadlock permanent cpu=0 task=caller/0; hard_lockup permanent cpu=0 task=caller/0
 * expect --cpus 2 -D FROM_IRQ -D OTHER_CPU -D CONFIG_DEBUG_SMP_CALL=0 --all: violated deadlock permanent cpu=0 task=caller/0; warning cpu=1 message=WARNING:*CSD_FLAG_LOCK); livelock permanent cpu=1 task=generic_smp_call_function_single_interrupt*
 * expect --cpus 1 -D FROM_IRQ -D OWN_CSD: holds
 * expect --cpus 2 -D FROM_IRQ -D OTHER_CPU -D OWN_CSD: holds
 * expect --cpus 1 -D ON_EACH_CPU: holds
 * expect --cpus 2 -D ON_EACH_CPU: holds
 */
#include <linux/interrupt.h>
#include <linux/kthread.h>
#include <linux/nmi.h>
#include <linux/smp.h>
#include <linux/start_kernel.h>

static DEFINE_PER_CPU(bool, called);

static void note_call(void *unused __maybe_unused)
{
	this_cpu_write(called, true);
}

#if defined(FROM_IRQ)

#ifdef OTHER_CPU
#define TARGET_CPU 1
#else
#define TARGET_CPU 0
#endif

static void device_irq(void)
{
#ifdef OWN_CSD
	static call_single_data_t csd = CSD_INIT(note_call, NULL);

	smp_call_function_single_async(TARGET_CPU, &csd);
#else
	smp_call_function_single(TARGET_CPU, note_call, NULL, false);
#endif
}

static int caller(void *unused __maybe_unused)
{
	return smp_call_function_single(TARGET_CPU, note_call, NULL, false);
}

static void create_callers(void)
{
	ls_irq_handler(SCENARIO_VECTOR, device_irq);
	ls_irq_raise(0, SCENARIO_VECTOR);
	start_task(kthread_create_on_cpu(caller, NULL, 0, "caller/%d"), 0);
}

#else

static int caller(void *unused __maybe_unused)
{
#ifdef ON_EACH_CPU
	on_each_cpu(note_call, NULL, true);
	ls_assert(this_cpu_read(called));
#else
	const int this_cpu = smp_processor_id();
	unsigned long flags;
#if defined(IRQS_ON)
	const bool irqs_off = false;
#elif defined(ONE_HAS_IRQS_ON)
	const bool irqs_off = this_cpu == 0;
#else
	const bool irqs_off = true;
#endif

	local_save_flags(flags);
	if (irqs_off)
		local_irq_disable();
	smp_call_function_single(!this_cpu, note_call, NULL, true);
	ls_assert(per_cpu(called, !this_cpu));
	local_irq_restore(flags);
#endif
	return 0;
}

static void create_callers(void)
{
	unsigned int cpu;

	for_each_possible_cpu(cpu)
		start_task(kthread_create_on_cpu(caller, NULL, cpu, "caller/%d"), cpu);
}

#endif

void ls_boot(void)
{
	start_kernel();
	call_function_init();
#if CONFIG_LOCKUP_DETECTOR
	lockup_detector_init();
#endif
	create_callers();
}
