/*
 * 4. Deadlock by lock order (buggy)
 *
 * Question: the task on each CPU moves money from its account to the next one, and holds both
 *           accounts' locks meanwhile. Do all transfers get done?
 * Command:  lockstep check 04_lock_order/buggy.c
 * See:      violated: deadlock. Each task holds its own account and waits for the next one: a cycle.
 *
 * expect --cpus 2: violated deadlock permanent
 * expect --cpus 3: violated deadlock permanent
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
	lock(&accounts[from]);
	lock(&accounts[to]);
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
