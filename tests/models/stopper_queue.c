/*
 * The queue of a stopper by itself: two CPUs queue works again and again, and the stopper of the
 * first takes them. It is the code of kernel/stop_machine.c, kernel/spinlock.c and linux/list.h
 * that runs; no scheduler, no time.
 *
 * `lockstep prove` shows, without exploring, that in every reachable state the list is well linked,
 * that a queue which takes no works is empty, and that the list is touched under the lock only;
 * -D NO_LOCK leaves the lock out where the stopper takes a work.
 *
 * expect --cpus 3: holds
 * expect --cpus 3 -D NO_LOCK: violated assertion
 */
#define LOCKSTEP_NO_SOURCES		/* nothing but the queue is run */
#define CONFIG_TRACE_IRQFLAGS 1
#include <linux/list.h>

#if NR_CPUS < 3
#error "a stopper and two CPUs that queue: at least --cpus 3"
#endif

/* Whoever touches the list has the lock; and what becomes of a work is noted beside it. */
enum phase { IDLE, QUEUEING, QUEUED, RUNNING };

static bool has_lock(void);
static enum phase *phase_of(const struct list_head *entry);

LS_ATOMIC static void add_under_lock(struct list_head *entry, struct list_head *works)
{
	ls_assert(has_lock());
	list_add_tail(entry, works);
	*phase_of(entry) = QUEUED;
}

LS_ATOMIC static void delete_under_lock(struct list_head *entry)
{
	ls_assert(has_lock());
	list_del_init(entry);
	*phase_of(entry) = RUNNING;
}

#define list_add_tail add_under_lock
#define list_del_init delete_under_lock
#include "../../models/kernel/spinlock.c"
#ifdef NO_LOCK
#undef raw_spin_lock_irq
#undef raw_spin_unlock_irq
#define raw_spin_lock_irq(lock) do { } while (0)
#define raw_spin_unlock_irq(lock) do { } while (0)
#endif
#include "../../models/kernel/stop_machine.c"

DEFINE_PER_CPU(int, __preempt_count);
DEFINE_PER_CPU(bool, __need_resched);
DEFINE_PER_CPU(bool, hardirqs_enabled) = true;
const struct cpumask __cpu_online_mask = CPU_MASK_ALL;

static struct cpu_stop_work works[2];
static enum phase phases[2];
static bool is_woken;

static enum phase *phase_of(const struct list_head *entry)
{
	return &phases[entry == &works[1].list];
}

static bool has_lock(void)
{
	return per_cpu(cpu_stopper, 0).lock.owner == ls_cpu() + 1;
}

int wake_up_process(struct task_struct *unused __maybe_unused)
{
	WRITE_ONCE(is_woken, true);
	return 1;
}

void complete(struct completion *unused __maybe_unused)
{
}

static int fn(void *phase)
{
	WRITE_ONCE(*(enum phase *)phase, IDLE);
	return 0;
}

static void stopper(void *unused __maybe_unused)
{
	for (;;) {
		ls_await(READ_ONCE(is_woken));
		WRITE_ONCE(is_woken, false);
		cpu_stopper_thread(0);
		ls_progress();
	}
}

static void queuer(void *data)
{
	int i = (long)data;

	for (;;) {
		ls_await(READ_ONCE(phases[i]) == IDLE);
		WRITE_ONCE(phases[i], QUEUEING);
		cpu_stop_queue_work(0, &works[i]);
		ls_progress();
	}
}

static bool is_linked(const struct list_head *node)
{
	return node->next->prev == node && node->prev->next == node;
}

LS_INVARIANT(list_is_linked, is_linked(&per_cpu(cpu_stopper, 0).works) &&
			     is_linked(&works[0].list) && is_linked(&works[1].list));
LS_INVARIANT(queued_is_linked, (phases[0] == QUEUED) == !list_empty(&works[0].list) &&
			       (phases[1] == QUEUED) == !list_empty(&works[1].list));
LS_INVARIANT(enabled_or_empty,
	     per_cpu(cpu_stopper, 0).enabled || list_empty(&per_cpu(cpu_stopper, 0).works));

void ls_boot(void)
{
	struct cpu_stopper *first = per_cpu_ptr(&cpu_stopper, 0);
	int i;

	INIT_LIST_HEAD(&first->works);
	first->enabled = true;
	for (i = 0; i < 2; i++) {
		INIT_LIST_HEAD(&works[i].list);
		cpu_stop_init_work(&works[i], fn, &phases[i], NULL);
		ls_run(1 + i, ls_task(queuer, (void *)(long)i, 1000 + i, LS_DAEMON, "queuer/%d", i));
	}
	ls_run(0, ls_task(stopper, NULL, 12, LS_DAEMON, "migration/%d", 0));
}
