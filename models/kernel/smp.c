/*
 * Cross calls: having another CPU run a function, in an interrupt.
 *
 * Modelled: the record of a call (csd) with its lock, which the called CPU releases, and the wait
 * for it; each CPU's queue of calls, and the interrupt that is sent when the queue was empty;
 * smp_call_function_single() with a csd on the stack where it waits and with the CPU's only one
 * where it does not; smp_call_function_many() with the CPU's one csd for each other CPU; running
 * on the own CPU. So it shows who waits for whom: the caller, with preemption off, for a CPU that
 * has interrupts off, or for the csd that it itself was using when it was interrupted.
 *
 * A synchronous call with interrupts off can deadlock, and so can any from an interrupt: both are
 * warned about, as in the kernel, unless -D CONFIG_DEBUG_SMP_CALL=0. (In recent kernels the first
 * warning of smp_call_function_many() is lockdep's.)
 *
 * The interrupt costs states on every CPU, even where nobody makes a cross call. So a scenario
 * that makes some says call_function_init() in boot; in all others the functions here are called
 * by nobody, and are not part of what is explored.
 *
 * Left out: wake-ups and irq_work that share the queue; idle CPUs that poll need-resched instead
 * of being interrupted (they answer sooner, and answer they do here, too); conditions; the
 * debugging of csd locks; hotplug.
 *
 * One step is what is done to a csd by whoever owns it: that is the caller from csd_lock() until
 * the csd is queued, and the called CPU from there until csd_unlock(). The queue is taken in one
 * step, and put in order in the same one: nobody else can see the nodes once they are taken.
 * Locking, filling, queueing, interrupting and waiting are separate steps.
 */
#include <linux/bug.h>
#include <linux/cpumask.h>
#include <linux/errno.h>
#include <linux/irqflags.h>
#include <linux/percpu.h>
#include <linux/printk.h>
#include <linux/processor.h>
#include <linux/smp.h>

struct call_function_data {
	call_single_data_t csd[NR_CPUS];	/* one for each CPU that is called */
	cpumask_t cpumask;			/* who is called */
	cpumask_t cpumask_ipi;			/* whose queue was empty */
};

static DEFINE_PER_CPU_ALIGNED(struct call_function_data, cfd_data);
static DEFINE_PER_CPU_SHARED_ALIGNED(struct llist_head, call_single_queue);
static DEFINE_PER_CPU_SHARED_ALIGNED(call_single_data_t, csd_data);

static bool has_call_function_vector;

static void send_call_function_single_ipi(int cpu)
{
	BUG_ON(!has_call_function_vector);	/* no call_function_init() in boot */
	ls_irq_raise(cpu, CALL_FUNCTION_VECTOR);
}

/* ---- The lock of a csd ----------------------------------------------------------------------- */

static void csd_lock_wait(call_single_data_t *csd)
{
	while (READ_ONCE(csd->node.u_flags) & CSD_FLAG_LOCK)
		cpu_relax();
}

/* Only the csd's own CPU takes it, so that the wait and the taking need not be one operation. */
static void csd_lock(call_single_data_t *csd)
{
	csd_lock_wait(csd);
	csd->node.u_flags |= CSD_FLAG_LOCK;
	smp_wmb();
}

LS_ATOMIC static void csd_unlock(call_single_data_t *csd)
{
	WARN_ON(!(csd->node.u_flags & CSD_FLAG_LOCK));
	smp_store_release(&csd->node.u_flags, 0);
}

/* ---- The called CPU -------------------------------------------------------------------------- */

static bool is_synchronous(const struct llist_node *node)
{
	return llist_entry(node, call_single_data_t, node.llist)->node.u_flags & CSD_TYPE_SYNC;
}

/* All calls, the oldest first, but those that somebody waits for before all others. */
LS_ATOMIC static struct llist_node *take_calls(struct llist_head *queue)
{
	struct llist_node *node, *next, *sync = NULL, *async = NULL, **end = &sync;

	for (node = llist_del_all(queue); node; node = next) {
		next = node->next;
		if (is_synchronous(node)) {
			node->next = sync;
			sync = node;
		} else {
			node->next = async;
			async = node;
		}
	}
	while (*end)
		end = &(*end)->next;
	*end = async;
	return sync;
}

LS_ATOMIC static call_single_data_t csd_read(const call_single_data_t *csd)
{
	return *csd;
}

/* With interrupts off. Once it is unlocked the caller may use the csd again. */
static void __flush_smp_call_function_queue(void)
{
	struct llist_node *entry = take_calls(this_cpu_ptr(&call_single_queue));

	while (entry) {
		call_single_data_t *csd = llist_entry(entry, call_single_data_t, node.llist);
		const call_single_data_t call = csd_read(csd);

		entry = call.node.llist.next;
		if (call.node.u_flags & CSD_TYPE_SYNC) {
			call.func(call.info);
			csd_unlock(csd);
		} else {
			csd_unlock(csd);
			call.func(call.info);
		}
	}
}

static void generic_smp_call_function_single_interrupt(void)
{
	__flush_smp_call_function_queue();
}

/* ---- The caller ------------------------------------------------------------------------------ */

static bool called_with_irqs_disabled(void)
{
	return irqs_disabled() && !oops_in_progress;
}

static bool called_from_interrupt(void)
{
	return !in_task();
}

static void check_context(void)
{
	if (!CONFIG_DEBUG_SMP_CALL)
		return;
	WARN_ON_ONCE(called_with_irqs_disabled());
	WARN_ON_ONCE(called_from_interrupt());
}

LS_ATOMIC static void csd_fill(call_single_data_t *csd, unsigned int type, smp_call_func_t func,
			       void *info)
{
	csd->node.u_flags |= type;
	csd->func = func;
	csd->info = info;
}

static void call_locally(smp_call_func_t func, void *info)
{
	unsigned long flags;

	local_irq_save(flags);
	func(info);
	local_irq_restore(flags);
}

static int generic_exec_single(int cpu, call_single_data_t *csd)
{
	if (cpu == smp_processor_id()) {
		const call_single_data_t call = csd_read(csd);

		csd_unlock(csd);
		call_locally(call.func, call.info);
		return 0;
	}
	if ((unsigned int)cpu >= nr_cpu_ids || !cpu_online(cpu)) {
		csd_unlock(csd);
		return -ENXIO;
	}
	if (llist_add(&csd->node.llist, &per_cpu(call_single_queue, cpu)))
		send_call_function_single_ipi(cpu);
	return 0;
}

/* Runs func on one CPU. Without `wait` the call may still be under way on return. */
int smp_call_function_single(int cpu, smp_call_func_t func, void *info, int wait)
{
	call_single_data_t csd_stack = { .node = { .u_flags = CSD_FLAG_LOCK | CSD_TYPE_SYNC } };
	call_single_data_t *csd = &csd_stack;
	int err;

	preempt_disable();
	check_context();
	if (!wait) {
		csd = this_cpu_ptr(&csd_data);
		csd_lock(csd);
	}
	csd_fill(csd, 0, func, info);
	err = generic_exec_single(cpu, csd);
	if (wait)
		csd_lock_wait(csd);
	preempt_enable();
	return err;
}

/* With a csd of the caller's own, and never a wait; so it may be called from everywhere. */
int smp_call_function_single_async(int cpu, call_single_data_t *csd)
{
	int err;

	preempt_disable();
	if (READ_ONCE(csd->node.u_flags) & CSD_FLAG_LOCK) {
		err = -EBUSY;
	} else {
		csd->node.u_flags = CSD_FLAG_LOCK;
		smp_wmb();
		err = generic_exec_single(cpu, csd);
	}
	preempt_enable();
	return err;
}

#define SCF_WAIT (1U << 0)
#define SCF_RUN_LOCAL (1U << 1)

LS_ATOMIC static bool has_cpu_other_than(int cpu, const struct cpumask *mask)
{
	return mask->bits[0] & ~(1UL << cpu);
}

static void call_others(struct call_function_data *cfd, const struct cpumask *mask,
			smp_call_func_t func, void *info, bool wait)
{
	unsigned int cpu;

	cpumask_copy(&cfd->cpumask, mask);
	cpumask_clear_cpu(smp_processor_id(), &cfd->cpumask);
	cpumask_clear(&cfd->cpumask_ipi);
	for_each_cpu(cpu, &cfd->cpumask) {
		call_single_data_t *csd = &cfd->csd[cpu];

		csd_lock(csd);
		csd_fill(csd, wait ? CSD_TYPE_SYNC : 0, func, info);
		if (llist_add(&csd->node.llist, &per_cpu(call_single_queue, cpu)))
			cpumask_set_cpu(cpu, &cfd->cpumask_ipi);
	}
	for_each_cpu(cpu, &cfd->cpumask_ipi)
		send_call_function_single_ipi(cpu);
}

/* With preemption off. The mask holds online CPUs only, which all are. */
static void smp_call_function_many_cond(const struct cpumask *mask, smp_call_func_t func,
					void *info, unsigned int scf_flags)
{
	const int this_cpu = smp_processor_id();
	struct call_function_data *cfd = this_cpu_ptr(&cfd_data);
	const bool wait = scf_flags & SCF_WAIT;
	const bool run_local = scf_flags & SCF_RUN_LOCAL && cpumask_test_cpu(this_cpu, mask);
	const bool run_remote = has_cpu_other_than(this_cpu, mask);
	unsigned int cpu;

	check_context();
	if (run_remote)
		call_others(cfd, mask, func, info, wait);
	if (run_local)
		call_locally(func, info);
	if (run_remote && wait)
		for_each_cpu(cpu, &cfd->cpumask)
			csd_lock_wait(&cfd->csd[cpu]);
}

/* Runs func on those CPUs of the mask that are not the own one. With preemption off. */
void smp_call_function_many(const struct cpumask *mask, smp_call_func_t func, void *info,
			    bool wait)
{
	smp_call_function_many_cond(mask, func, info, wait ? SCF_WAIT : 0);
}

/* Runs func on all other CPUs. */
void smp_call_function(smp_call_func_t func, void *info, int wait)
{
	preempt_disable();
	smp_call_function_many(cpu_online_mask, func, info, wait);
	preempt_enable();
}

/* Runs func on all CPUs; on the own one with interrupts off. */
void on_each_cpu(smp_call_func_t func, void *info, int wait)
{
	preempt_disable();
	smp_call_function_many_cond(cpu_online_mask, func, info,
				    SCF_RUN_LOCAL | (wait ? SCF_WAIT : 0));
	preempt_enable();
}

static void do_nothing(void *unused __maybe_unused)
{
}

/* Has every other CPU take an interrupt, and with it notice what has changed. */
void kick_all_cpus_sync(void)
{
	smp_mb();
	smp_call_function(do_nothing, NULL, 1);
}

/* ---- Boot ------------------------------------------------------------------------------------ */

void call_function_init(void)
{
	ls_irq_handler(CALL_FUNCTION_VECTOR, generic_smp_call_function_single_interrupt);
	has_call_function_vector = true;
}
