/*
 * 10. The acknowledgement counter (fixed)
 *
 * The counter is set again first, while everybody still waits for the next phase and nobody counts
 * down; then the phase is published.
 *
 * Command: lockstep check 10_ack_counter/fixed.c
 * See:     holds, with any number of CPUs that you have the patience for.
 *
 * expect --cpus 1: holds
 * expect --cpus 2: holds
 * expect --cpus 3: holds
 * expect --cpus 4: holds
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
	missing = NR_CPUS;
	phase++;
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
