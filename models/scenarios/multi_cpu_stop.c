/*
 * The state machine of multi_cpu_stop() by itself, on any number of CPUs.
 *
 * Each CPU's stopper is one task that is there from the start and gets on whenever it likes: no
 * queues, no scheduler, no time. It is the code of kernel/stop_machine.c that runs, so that a
 * --patch or --replace of that file is checked.
 *
 * Holds: of the CPUs that have yet to acknowledge there are 1 to all, except while the last one
 * hands over to the next state, when there are 0; the function is run once, and no CPU has
 * interrupts on while it runs; every CPU leaves, after the function has run, with interrupts on
 * again.
 *
 * The mutants are single faults in the state machine; each must be caught.
 *
 * expect --cpus 1: holds
 * expect --cpus 2: holds
 * expect --cpus 3: holds
 * expect --cpus 4: holds
 * expect --cpus 5: holds
 * expect --cpus 6: holds
 * expect --cpus 7: holds
 * expect --cpus 8: holds
 * expect --cpus 1 --patch models/patches/mutants/ack-reset-missing.patch: violated invariant acks_in_range
 * expect --cpus 2 --patch models/patches/mutants/ack-reset-missing.patch: violated invariant acks_in_range
 * expect --cpus 2 --patch models/patches/mutants/ack-reset-after-publish.patch: violated invariant acks_in_range
 * expect --cpus 2 --patch models/patches/mutants/ack-before-irq-disable.patch: violated invariant fn_alone
 * expect --cpus 2 --patch models/patches/mutants/state-read-once.patch: violated deadlock permanent
 * expect --cpus 4 --reduction cpu-symmetry: holds
 * expect --cpus 8 --reduction cpu-symmetry: holds
 * expect --cpus 16 --reduction cpu-symmetry: holds
 * expect --cpus 40 --reduction cpu-symmetry --reduction stubborn-sets: holds
 * expect-long --cpus 128 --reduction cpu-symmetry --reduction stubborn-sets: holds
 * expect-long --cpus 128 --reduction cpu-symmetry --reduction stubborn-sets --patch models/patches/mutants/state-read-once.patch: violated deadlock permanent
 * expect --cpus 5 --reduction cpu-symmetry --patch models/patches/mutants/ack-reset-missing.patch: violated invariant acks_in_range
 * expect --cpus 5 --reduction cpu-symmetry --patch models/patches/mutants/ack-reset-after-publish.patch: violated invariant acks_in_range
 * expect --cpus 5 --reduction cpu-symmetry --patch models/patches/mutants/ack-before-irq-disable.patch: violated invariant fn_alone
 * expect --cpus 5 --reduction cpu-symmetry --patch models/patches/mutants/state-read-once.patch: violated deadlock permanent
 */
#define LOCKSTEP_NO_SOURCES		/* nothing but the state machine is run */
#define CONFIG_TRACE_IRQFLAGS 1
#include <linux/atomic.h>

/*
 * From the last acknowledgement to the new count is the hand-over. What is counted down and up here
 * is thread_ack alone, so that the two operations can tell.
 */
static bool hands_over;

LS_ATOMIC static bool last_ack(atomic_t *thread_ack)
{
	if (--thread_ack->counter == 0)
		hands_over = true;
	return thread_ack->counter == 0;
}

LS_ATOMIC static void count_again(atomic_t *thread_ack, int value)
{
	thread_ack->counter = value;
	hands_over = false;
}

#undef atomic_dec_and_test
#define atomic_dec_and_test last_ack
#define atomic_set count_again
#include "../kernel/stop_machine.c"

const struct cpumask __cpu_online_mask = CPU_MASK_ALL;
DEFINE_PER_CPU(bool, hardirqs_enabled) = true;

static struct multi_stop_data msdata;
static int calls;
static bool fn_runs;

void touch_nmi_watchdog(void)
{
}

static int fn(void *unused __maybe_unused)
{
	calls++;
	fn_runs = true;
	fn_runs = false;
	return 0;
}

static int stopper(void *unused __maybe_unused)
{
	multi_cpu_stop(&msdata);
	ls_assert(calls == 1);
	ls_assert(!irqs_disabled());
	return 0;
}

static bool all_irqs_off(void)
{
	int cpu;

	for_each_online_cpu(cpu)
		if (per_cpu(hardirqs_enabled, cpu))
			return false;
	return true;
}

LS_INVARIANT(acks_in_range,
	     hands_over ? msdata.thread_ack.counter == 0
			: msdata.thread_ack.counter >= 1 && msdata.thread_ack.counter <= NR_CPUS);
LS_INVARIANT(fn_alone, !fn_runs || all_irqs_off());

void ls_boot(void)
{
	int cpu;

	multi_stop_init(&msdata, fn, NULL, NR_CPUS, NULL);
	for_each_possible_cpu(cpu)
		ls_run(cpu, ls_task(stopper, NULL, 12 + 6 * cpu, LS_TASK, "migration/%d", cpu));
}
