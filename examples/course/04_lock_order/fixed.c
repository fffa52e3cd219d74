/*
 * 4. Deadlock by lock order (fixed)
 *
 * Whoever needs two accounts locks the one of the lower number first. Then nobody who holds an account
 * waits for a lower one, and a cycle would have to come down somewhere.
 *
 * Command: lockstep check 04_lock_order/fixed.c
 * See:     holds, also with --cpus 3.
 *
 * expect --cpus 2: holds
 * expect --cpus 3: holds
 */
#include <lockstep.h>

#if NR_CPUS < 2
#error "a transfer needs a second account: at least --cpus 2"
#endif

static struct account {
	_Bool locked;
	int money;
} accounts[NR_CPUS];

/* ls_await: the step cannot be taken before the condition is true. */
LS_ATOMIC static void lock(struct account *account)
{
	ls_await(!account->locked);
	account->locked = 1;
}

static void unlock(struct account *account)
{
	account->locked = 0;
}

static void transfer(int from, int to)
{
	lock(&accounts[from < to ? from : to]);
	lock(&accounts[from < to ? to : from]);
	accounts[from].money--;
	accounts[to].money++;
	unlock(&accounts[to]);
	unlock(&accounts[from]);
}

static void customer(void *unused)
{
	transfer(ls_cpu(), (ls_cpu() + 1) % NR_CPUS);
}

void ls_boot(void)
{
	for (int cpu = 0; cpu < NR_CPUS; cpu++)
		ls_run(cpu, ls_task(customer, 0, 1 + cpu, LS_TASK, "customer/%d", cpu));
}
