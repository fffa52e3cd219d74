/*
 * 3. Test-and-set lock (fixed)
 *
 * One instruction writes 1 and says what was there before (xchg on x86). Who finds a 0 has the lock;
 * nobody else can have found the same 0.
 *
 * Command: lockstep check 03_test_and_set/fixed.c
 * See:     holds.
 *
 * expect --cpus 1: holds
 * expect --cpus 2: holds
 * expect --cpus 3: holds
 */
#include <lockstep.h>

static _Bool locked;
static int owner = -1;

LS_ATOMIC static _Bool test_and_set(_Bool *flag)
{
	_Bool old = *flag;

	*flag = 1;
	return old;
}

static void lock(void)
{
	while (test_and_set(&locked))
		cpu_relax();
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
