/*
 * 11. multi_cpu_stop() in small (fixed)
 *
 * Interrupts are turned off first, and then acknowledged. When CPU 0 rewrites, the last
 * acknowledgement has come in, and so every CPU has them off.
 *
 * Command: lockstep check 11_multi_cpu_stop/fixed.c
 * See:     holds: each interrupt comes before, and sees the old code, or after, and sees the new.
 *
 * expect --cpus 1: holds
 * expect --cpus 2: holds
 * expect --cpus 3: holds
 */
#include <lockstep.h>

enum { DEVICE = 1 };
enum phase { NONE, PREPARE, DISABLE_IRQ, RUN, EXIT };

static int phase = PREPARE, missing = NR_CPUS;
static int code[2];

LS_ATOMIC static _Bool dec_and_test(int *counter)
{
	return --*counter == 0;
}

/* The last one moves everybody on. */
static void acknowledge(void)
{
	if (dec_and_test(&missing)) {
		missing = NR_CPUS;
		phase++;
	}
}

static void rewrite_code(void)
{
	code[0] = 1;
	code[1] = 1;
}

static void device_interrupt(void)
{
	int first = code[0], second = code[1];

	ls_assert(first == second);
}

static void stopper(void *unused)
{
	int seen = NONE;

	while (seen != EXIT) {
		int now = phase;

		if (now == seen) {
			cpu_relax();
			continue;
		}
		seen = now;
		if (seen == DISABLE_IRQ)
			ls_irq_disable();
		if (seen == RUN && ls_cpu() == 0)
			rewrite_code();
		acknowledge();
	}
	ls_irq_enable();
}

/* On each CPU an interrupt is pending from the beginning, and comes whenever it may. */
void ls_boot(void)
{
	ls_irq_handler(DEVICE, device_interrupt);
	for (int cpu = 0; cpu < NR_CPUS; cpu++) {
		ls_irq_raise(cpu, DEVICE);
		ls_run(cpu, ls_task(stopper, 0, 1 + cpu, LS_TASK, "migration/%d", cpu));
	}
}
