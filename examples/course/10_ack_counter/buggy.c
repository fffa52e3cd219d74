/*
 * 10. The acknowledgement counter (buggy)
 *
 * Question: all CPUs go from phase to phase together. Who has seen the new phase counts down, and the
 *           last one begins the next phase: it says so, and sets the counter to the number of CPUs
 *           again. Do all get to the end?
 * Command:  lockstep check 10_ack_counter/buggy.c
 * See:      violated: deadlock. Somebody saw the new phase and counted down before the counter was set
 *           again: that acknowledgement is overwritten, and everybody waits for it.
 *
 * expect --cpus 1: holds
 * expect --cpus 2: violated deadlock permanent
 * expect --cpus 3: violated deadlock permanent
 */
#include <lockstep.h>

enum { LAST_PHASE = 3 };

static int phase = 1, missing = NR_CPUS;

LS_ATOMIC static _Bool dec_and_test(int *counter)
{
	return --*counter == 0;
}

static void begin_next_phase(void)
{
	phase++;
	missing = NR_CPUS;
}

static void body(void *unused)
{
	int seen = 0;

	while (seen < LAST_PHASE) {
		int now = phase;

		if (now == seen) {
			cpu_relax();
			continue;
		}
		seen = now;
		if (dec_and_test(&missing))
			begin_next_phase();
	}
}

void ls_boot(void)
{
	for (int cpu = 0; cpu < NR_CPUS; cpu++)
		ls_run(cpu, ls_task(body, 0, 1 + cpu, LS_TASK, "task/%d", cpu));
}
