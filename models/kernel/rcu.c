/*
 * RCU: a grace period ends when every CPU, and every reader that was preempted, has been seen not
 * to be reading since it began; and the detector that complains if that takes too long.
 *
 * Modelled
 *   - Readers: in kernels whose code cannot be preempted they disable preemption, so that a CPU
 *     that switches tasks has none. In preemptible ones the task counts; a reader that is preempted
 *     is noted, and holds up the next grace period, or the one in progress as well if its CPU owed
 *     a quiescent state to that.
 *   - Quiescent states of a CPU, each of which is asked for once in a grace period: a context
 *     switch, user mode, the idle task; cond_resched() where kernel code is not preemptible; where
 *     it is, a tick that interrupts code that is neither a reader nor disables preemption. And
 *     rcu_momentary_eqs(), of which only a counter tells: nobody knows before the thread has
 *     looked.
 *   - The thread "rcu_sched" ("rcu_preempt") that begins and ends grace periods, an ordinary fair
 *     task: while it cannot run none begins, none ends, and no momentary quiescent state is seen.
 *   - synchronize_rcu(), which waits for the end of a grace period that began after the call.
 *   - The stall detector: while a grace period is in progress each tick looks at the time. After
 *     CONFIG_RCU_CPU_STALL_TIMEOUT seconds, and then again after three times that, the first CPU
 *     whose tick comes lists the CPUs and tasks for which the grace period waits. If there are none
 *     then it waits for its own thread only, which is said. Touching the watchdog changes nothing
 *     here.
 *
 * RCU_VECTOR stands for all by which a CPU does its part within some milliseconds, if it has
 * interrupts on: its tick, the softirq after that, and the timer by which the thread wakes up and
 * looks again, which fires on the CPU where it last ran. Nothing that they do depends on how often
 * they come, except for the stall's time, for which a countdown runs on each CPU. So the vector is
 * raised when there is something to do: on all CPUs when a grace period begins (in a preemptible
 * kernel that has the CPU reschedule as soon as it can, for which the kernel waits a little
 * longer), where the last quiescent state was reported, and where the thread's timer will find a
 * momentary one.
 *
 * One step is what the kernel does under the lock of an rcu_node, of which there is one only (up to
 * 16 CPUs). A quiescent state is reported in the step in which it happens: the kernel notes it
 * there, and has the next tick report it. And the tick must have told the CPU of the grace period
 * before, or it does not count. So in the kernel a CPU may owe one that it had in the first
 * milliseconds of a grace period; here this is the run in which it had it just before that began.
 * Between the end of a grace period and the completion of those who waited, and between a request
 * and waking the thread up, others may come.
 *
 * Left out: call_rcu(), expedited grace periods, nohz_full, callbacks offloaded, boosting, hotplug.
 * The kernel relies on the thread in two more places: an idle CPU has no tick, so that the thread
 * takes note of it; and cond_resched() counts only after the thread has asked for that. Here both
 * count at once, so that where the thread is starved fewer CPUs are listed. CPUs that are to be
 * listed have two jiffies to list themselves before others do; here either may be the first. That
 * an interrupt is a reader, too, needs no word, since no tick comes before its end.
 *
 * Only where rcu_init() was called in boot is any of this part of what is explored
 * (linux/rcupdate.h).
 */
#include <asm/irq_vectors.h>
#include <linux/bug.h>
#include <linux/completion.h>
#include <linux/cpumask.h>
#include <linux/kernel.h>
#include <linux/kthread.h>
#include <linux/ktime.h>
#include <linux/percpu.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>
#if defined(LS_HANG_TICKS)
#include <linux/silent_hang.h>
#endif

#define RCU_STALL_NSEC (CONFIG_RCU_CPU_STALL_TIMEOUT * 1000000000LL)
#define RCU_STALL_TICKS LS_TICKS_OF_NSEC(RCU_STALL_NSEC)
/* Three times as long and three jiffies. */
#define RCU_STALL_AGAIN_TICKS (3 * RCU_STALL_NSEC / LS_TICK_NSEC + 1)
#if 3 * RCU_STALL_NSEC / LS_TICK_NSEC > 900
#error "CONFIG_RCU_CPU_STALL_TIMEOUT: too many ticks; a larger WATCHDOG_THRESH makes them longer"
#endif

/* Where the thread may run. It begins on the last of these CPUs. */
#ifndef RCU_KTHREAD_CPUMASK
#define RCU_KTHREAD_CPUMASK CPU_BITS_ALL
#endif
#if (RCU_KTHREAD_CPUMASK & ((2ULL << (NR_CPUS - 1)) - 1)) == 0
#error "RCU_KTHREAD_CPUMASK: the thread has to run somewhere, on one of the CPUs that there are"
#endif

#if CONFIG_PREEMPTION
#define RCU_NAME "rcu_preempt"
#else
#define RCU_NAME "rcu_sched"
#endif

struct rcu_synchronize {
	struct rcu_synchronize *next;
	struct completion completion;
};

static struct {
	struct task_struct *gp_kthread;
	bool gp_in_progress;
	ls_time_t jiffies_stall;		/* when to complain */
	ls_time_t starving_since;		/* the thread, for which all else waits */
	struct rcu_synchronize *srs_next;	/* who waits for a grace period to begin, and end */
	struct rcu_synchronize *srs_wait;	/* who waits for this one to end */
#if CONFIG_PREEMPTION
	u64 blkd_tasks;				/* readers that were preempted: bit n is task n */
	u64 gp_tasks;				/* those of them for which this one waits */
#endif
} rcu_state = { .jiffies_stall = LS_NEVER, .starving_since = LS_NEVER };

u16 rcu_scheduler_active;

/* The grace period waits for a quiescent state of the CPU; which has had a momentary one. */
static DEFINE_PER_CPU(bool, core_needs_qs);
static DEFINE_PER_CPU(bool, momentary_eqs);

bool rcu_gp_in_progress(void)
{
	return READ_ONCE(rcu_state.gp_in_progress);
}

/* ---- What the grace period waits for: parts of atomic steps ---------------------------------- */

static bool rcu_waits_for_cpus(void)
{
	unsigned int cpu;

	for_each_possible_cpu(cpu)
		if (per_cpu(core_needs_qs, cpu))
			return true;
	return false;
}

static bool rcu_waits_for_tasks(void)
{
#if CONFIG_PREEMPTION
	return rcu_state.gp_tasks != 0;
#else
	return false;
#endif
}

static bool rcu_gp_waits(void)
{
	return rcu_waits_for_cpus() || rcu_waits_for_tasks();
}

static bool rcu_has_momentary_eqs(void)
{
	unsigned int cpu;

	for_each_possible_cpu(cpu)
		if (per_cpu(momentary_eqs, cpu))
			return true;
	return false;
}

static void rcu_clear_cpu(int cpu)
{
	per_cpu(core_needs_qs, cpu) = false;
	per_cpu(momentary_eqs, cpu) = false;
}

/* The last one that is waited for tells the thread, but not from here. */
static void rcu_report_qs(void)
{
	if (!rcu_gp_waits())
		ls_irq_raise(ls_cpu(), RCU_VECTOR);
}

static void rcu_qs(void)
{
	if (!this_cpu_read(core_needs_qs))
		return;
	rcu_clear_cpu(ls_cpu());
	rcu_report_qs();
}

/* ---- Readers --------------------------------------------------------------------------------- */

#if CONFIG_PREEMPTION
static u64 rcu_task_bit(void)
{
	BUG_ON(ls_self() >= 64);	/* more tasks than blkd_tasks has bits */
	return BIT_ULL(ls_self());
}

int rcu_preempt_depth(void)
{
	return rcu_scheduler_active ? current->rcu_read_lock_nesting : 0;
}

LS_ATOMIC static void rcu_preempt_read_enter(struct task_struct *t)
{
	t->rcu_read_lock_nesting++;
}

/* Only one that was preempted has to be reported; for the others their CPUs are. */
LS_ATOMIC static void rcu_preempt_read_exit(struct task_struct *t)
{
	const u64 bit = rcu_task_bit();

	BUG_ON(t->rcu_read_lock_nesting == 0);
	if (--t->rcu_read_lock_nesting || !(rcu_state.blkd_tasks & bit))
		return;
	rcu_state.blkd_tasks &= ~bit;
	if (!(rcu_state.gp_tasks & bit))
		return;
	rcu_state.gp_tasks &= ~bit;
	rcu_report_qs();
}

void __rcu_read_lock(void)
{
	struct task_struct *t = current;

	rcu_preempt_read_enter(t);
}

void __rcu_read_unlock(void)
{
	struct task_struct *t = current;

	rcu_preempt_read_exit(t);
}

static void rcu_note_preempted_reader(bool preempt)
{
	if (!current->rcu_read_lock_nesting)
		return;
	if (!preempt)
		ls_report("warning", ls_cpu(), ls_self(),
			  "WARNING: Voluntary context switch within RCU read-side critical "
			  "section! [%pT]", ls_self());
	if (rcu_state.blkd_tasks & rcu_task_bit())
		return;
	rcu_state.blkd_tasks |= rcu_task_bit();
	if (this_cpu_read(core_needs_qs))
		rcu_state.gp_tasks |= rcu_task_bit();
}
#else
#define rcu_note_preempted_reader(preempt) do { } while (0)

LS_ATOMIC static void rcu_qs_step(void)
{
	rcu_qs();
}

void __rcu_all_qs(void)
{
	if (this_cpu_read(core_needs_qs))
		rcu_qs_step();
}
#endif

/* ---- Quiescent states ------------------------------------------------------------------------ */

void rcu_note_context_switch(bool preempt __maybe_unused)
{
	if (!rcu_scheduler_active)
		return;
	rcu_note_preempted_reader(preempt);
	rcu_qs();
}

void rcu_idle_enter(void)
{
	if (rcu_scheduler_active)
		rcu_qs();
}

void rcu_user_enter(void)
{
	if (rcu_scheduler_active)
		rcu_qs();
}

/* The thread's timer will have it look, at the first one. */
LS_ATOMIC static void rcu_momentary_eqs_step(void)
{
	if (!this_cpu_read(core_needs_qs) || this_cpu_read(momentary_eqs))
		return;
	this_cpu_write(momentary_eqs, true);
	ls_irq_raise(task_cpu(rcu_state.gp_kthread), RCU_VECTOR);
}

void __rcu_momentary_eqs(void)
{
	if (this_cpu_read(core_needs_qs))
		rcu_momentary_eqs_step();
}

/* What a tick interrupts. */
static void rcu_flavor_sched_clock_irq(void)
{
	if (current->in_user || current->sched_class == idle_sched_class) {
		rcu_qs();
		return;
	}
#if CONFIG_PREEMPTION
	if (preempt_count() == 0 && rcu_preempt_depth() == 0)
		rcu_qs();
	else if (this_cpu_read(core_needs_qs))
		this_cpu_write(__need_resched, true);
#endif
}

/* ---- Stalls ---------------------------------------------------------------------------------- */

static void report_cpu_stall(int cpu)
{
	if (cpu == ls_cpu())
		ls_report("rcu_stall", cpu, ls_self(),
			  "rcu: INFO: " RCU_NAME " self-detected stall on CPU %d [%pT]", cpu,
			  ls_self());
	else
		ls_report("rcu_stall", cpu, ls_current(cpu),
			  "rcu: INFO: " RCU_NAME " detected stalls on CPUs/tasks: %d [%pT]", cpu,
			  ls_current(cpu));
}

#if CONFIG_PREEMPTION
static void report_task_stalls(void)
{
	u64 tasks = rcu_state.gp_tasks;
	int nr;

	for (nr = 0; tasks >> nr; nr++) {
		const struct task_struct *p = ls_task_data(nr);

		if (tasks >> nr & 1)
			ls_report("rcu_stall", -1, nr,
				  "rcu: INFO: " RCU_NAME
				  " detected stalls on CPUs/tasks: P%d [%pT]", p->pid, nr);
	}
}
#else
#define report_task_stalls() do { } while (0)
#endif

/* Nobody is left to wait for but the thread itself. */
static void report_starved_kthread(void)
{
	const struct task_struct *gpk = rcu_state.gp_kthread;

	ls_report("rcu_stall", -1, gpk->nr,
		  "rcu: INFO: " RCU_NAME " detected stalls: All QSes seen, %pT starved ->cpu=%d",
		  gpk->nr, gpk->cpu);
}

static void report_stall(void)
{
	unsigned int cpu;

	for_each_possible_cpu(cpu)
		if (per_cpu(core_needs_qs, cpu))
			report_cpu_stall(cpu);
	report_task_stalls();
	if (!rcu_gp_waits())
		report_starved_kthread();
#if defined(LS_HANG_TICKS)
	silent_hang_reported();
#endif
}

/*
 * The thread waits for a CPU behind another fair task that nobody has asked to give way. The
 * kernel's scheduler would have in some milliseconds; ours is not fair (kernel/sched.c). So it is
 * asked now.
 */
static bool gp_kthread_was_passed_over(const struct task_struct *gpk)
{
	const struct task_struct *curr = ls_task_data(ls_current(gpk->cpu));

	if (curr->sched_class != fair_sched_class || per_cpu(__need_resched, gpk->cpu))
		return false;
	per_cpu(__need_resched, gpk->cpu) = true;
	if (gpk->cpu != smp_processor_id())
		smp_send_reschedule(gpk->cpu);
	return true;
}

/* What the grace period waits for may be over; nobody but the thread can tell. */
static bool rcu_waits_for_kthread(void)
{
	return !rcu_gp_waits() || rcu_has_momentary_eqs();
}

static void watch_gp_kthread(void)
{
	const struct task_struct *gpk = rcu_state.gp_kthread;

	if (!rcu_waits_for_kthread() || gpk->on_cpu || gpk->on_rq != TASK_ON_RQ_QUEUED)
		rcu_state.starving_since = LS_NEVER;
	else if (gp_kthread_was_passed_over(gpk) || rcu_state.starving_since == LS_NEVER)
		rcu_state.starving_since = ls_now();
}

/*
 * Not so if it will look in a moment: it runs, or it waits for one who was asked to give way less
 * than two ticks ago. (One who gives way every tick has done so once in the last two.)
 */
static bool gp_kthread_is_starved(void)
{
	return rcu_state.starving_since != LS_NEVER &&
	       (long)(ls_now() - rcu_state.starving_since) >= 2;
}

static void check_cpu_stall(void)
{
	if ((long)(ls_now() - rcu_state.jiffies_stall) < 0)
		return;
	if (rcu_waits_for_kthread() && !gp_kthread_is_starved()) {
		rcu_state.jiffies_stall = ls_now() + 1;
		return;
	}
	report_stall();
	rcu_state.jiffies_stall = ls_now() + RCU_STALL_AGAIN_TICKS;
}

/* ---- Ticks ----------------------------------------------------------------------------------- */

/* True: the thread is to be woken up. */
LS_ATOMIC static bool rcu_tick(void)
{
	if (!rcu_state.gp_in_progress)
		return false;
	rcu_flavor_sched_clock_irq();
	watch_gp_kthread();
	check_cpu_stall();
	ls_timer_start(ls_cpu(), RCU_VECTOR,
		       rcu_waits_for_kthread() ? 1 : rcu_state.jiffies_stall - ls_now());
	return !rcu_gp_waits() ||
	       (rcu_has_momentary_eqs() && task_cpu(rcu_state.gp_kthread) == ls_cpu());
}

static void rcu_sched_clock_irq(void)
{
	if (rcu_tick())
		wake_up_process(rcu_state.gp_kthread);
}

/* ---- Grace periods --------------------------------------------------------------------------- */

/* Waits for all readers that there are now. this_cpu is about to switch, and needs no tick. */
static void rcu_gp_begin(int this_cpu)
{
	unsigned int cpu;

	rcu_state.gp_in_progress = true;
	rcu_state.jiffies_stall = ls_now() + RCU_STALL_TICKS;
	rcu_state.srs_wait = rcu_state.srs_next;
	rcu_state.srs_next = NULL;
#if CONFIG_PREEMPTION
	rcu_state.gp_tasks = rcu_state.blkd_tasks;
#endif
	for_each_possible_cpu(cpu) {
		per_cpu(core_needs_qs, cpu) = true;
		ls_timer_start(cpu, RCU_VECTOR, RCU_STALL_TICKS);
		if ((int)cpu != this_cpu)
			ls_irq_raise(cpu, RCU_VECTOR);
	}
}

/* False: nobody asks for one, and the thread is about to sleep. */
LS_ATOMIC static bool rcu_gp_init(void)
{
	if (rcu_state.gp_in_progress)
		return true;
	if (!rcu_state.srs_next) {
		current->__state = TASK_UNINTERRUPTIBLE;
		return false;
	}
	rcu_gp_begin(ls_cpu());
	return true;
}

/* False: it waits for somebody yet, and the thread is about to sleep. */
LS_ATOMIC static bool rcu_gp_fqs(void)
{
	unsigned int cpu;

	for_each_possible_cpu(cpu)
		if (per_cpu(momentary_eqs, cpu))
			rcu_clear_cpu(cpu);
	if (!rcu_gp_waits())
		return true;
	current->__state = TASK_UNINTERRUPTIBLE;
	return false;
}

LS_ATOMIC static struct rcu_synchronize *rcu_gp_end(void)
{
	struct rcu_synchronize *done = rcu_state.srs_wait;
	unsigned int cpu;

	rcu_state.gp_in_progress = false;
	rcu_state.jiffies_stall = LS_NEVER;
	rcu_state.starving_since = LS_NEVER;
	rcu_state.srs_wait = NULL;
	for_each_possible_cpu(cpu)
		ls_timer_start(cpu, RCU_VECTOR, 0);
	return done;
}

/* A request is on the stack of the one who waits, and gone once it is completed. */
static void rcu_gp_cleanup(void)
{
	struct rcu_synchronize *rs, *next;

	for (rs = rcu_gp_end(); rs; rs = next) {
		next = rs->next;
		complete(&rs->completion);
	}
}

static int rcu_gp_kthread(void *unused __maybe_unused)
{
	for (;;) {
		while (!rcu_gp_init())
			schedule();
		while (!rcu_gp_fqs())
			schedule();
		rcu_gp_cleanup();
	}
	return 0;
}

/* True: the thread is to be woken up. Else it sees the request when this grace period is over. */
LS_ATOMIC static bool rcu_sr_normal_add_req(struct rcu_synchronize *rs)
{
	rs->next = rcu_state.srs_next;
	rcu_state.srs_next = rs;
	return !rcu_state.gp_in_progress;
}

void synchronize_rcu(void)
{
	struct rcu_synchronize rs;

	might_sleep();
	BUG_ON(!rcu_scheduler_active);	/* no rcu_init() in boot */
	init_completion(&rs.completion);
	if (rcu_sr_normal_add_req(&rs))
		wake_up_process(rcu_state.gp_kthread);
	wait_for_completion(&rs.completion);
}

/* ---- Boot ------------------------------------------------------------------------------------ */

static int last_cpu(unsigned long cpus)
{
	int cpu = nr_cpu_ids - 1;

	while (!(cpus >> cpu & 1))
		cpu--;
	return cpu;
}

void rcu_init(void)
{
	ls_irq_handler(RCU_VECTOR, rcu_sched_clock_irq);
	rcu_state.gp_kthread = __kthread_create(rcu_gp_kthread, NULL, last_cpu(RCU_KTHREAD_CPUMASK),
						RCU_KTHREAD_CPUMASK, LS_DAEMON, RCU_NAME);
	rcu_scheduler_active = true;
}

/* The thread waits for its end, as if it had just begun it. */
void rcu_gp_start(void)
{
	BUG_ON(!rcu_scheduler_active);	/* no rcu_init() in boot */
	rcu_gp_begin(-1);
}
