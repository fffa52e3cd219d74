/*
 * 3. Test-and-set lock (buggy)
 *
 * Question: a task waits until the lock is free, and then takes it. Can two have it?
 * Command:  lockstep check 03_test_and_set/buggy.c
 * See:      violated: assertion. Looking and taking are two steps; both tasks look before either
 *           takes.
 *
 * expect --cpus 1: holds
 * expect --cpus 2: violated assertion
 * expect --cpus 3: violated assertion
 */
#include <lockstep.h>

static _Bool locked;
static int owner = -1;

static void lock(void)
{
	while (locked)
		cpu_relax();
	locked = 1;
}

static void unlock(void)
{
	locked = 0;
}

static void body(void *unused)
{
	lock();
	owner = ls_self();
	ls_assert(owner == ls_self());	/* nobody has put down another name meanwhile */
	unlock();
}

void ls_boot(void)
{
	for (int cpu = 0; cpu < NR_CPUS; cpu++)
		ls_run(cpu, ls_task(body, 0, 1 + cpu, LS_TASK, "task/%d", cpu));
}
