/*
 * The stoppers: one thread of the highest class on each CPU, "migration/N", which runs what it is
 * given in order, and multi_cpu_stop(), in which several stoppers meet so that one of them can run
 * a function while the others do nothing.
 *
 * Modelled: each CPU's queue of works under its lock; queueing on one CPU, on two at once, on many
 * one after the other (with the flag that keeps the second out of the third); the wake-up after the
 * locks are released; the stopper's loop; the state machine of multi_cpu_stop() with its counter;
 * the waiting caller.
 *
 * Left out: stop_machine() before the stoppers exist; the note of who called, which is for people.
 * With CONFIG_HOTPLUG_CPU a CPU that goes has its stopper parked, by itself, and it is unparked
 * when the CPU comes.
 *
 * One step is what fills a record that nobody else knows yet, and what is done to a queue under its
 * lock. Queueing and waking, and the two CPUs of a pair, are not.
 */
#include <linux/atomic.h>
#include <linux/bug.h>
#include <linux/completion.h>
#include <linux/cpu.h>
#include <linux/errno.h>
#include <linux/export.h>
#include <linux/init.h>
#include <linux/kernel.h>
#include <linux/kthread.h>
#include <linux/mutex.h>
#include <linux/nmi.h>
#include <linux/percpu.h>
#include <linux/processor.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>
#include <linux/smpboot.h>
#include <linux/stop_machine.h>

/* Shared by the works of one request. */
struct cpu_stop_done {
	atomic_t nr_todo;		/* works that are not done yet */
	int ret;			/* what the last one that failed returned */
	struct completion completion;
};

struct cpu_stopper {
	struct task_struct *thread;
	raw_spinlock_t lock;		/* of the next two */
	bool enabled;			/* takes works; else they count as done at once */
	struct list_head works;
	struct cpu_stop_work stop_work;	/* for stop_cpus() */
};

static DEFINE_PER_CPU(struct cpu_stopper, cpu_stopper);

static DEFINE_MUTEX(stop_cpus_mutex);
static bool stop_cpus_in_progress;

LS_ATOMIC static void cpu_stop_init_done(struct cpu_stop_done *done, unsigned int nr_todo)
{
	atomic_set(&done->nr_todo, nr_todo);
	done->ret = 0;
	init_completion(&done->completion);
}

/* Nobody else knows the work, or will look at it before it is queued. */
LS_ATOMIC static void cpu_stop_init_work(struct cpu_stop_work *work, cpu_stop_fn_t fn, void *arg,
					 struct cpu_stop_done *done)
{
	work->fn = fn;
	work->arg = arg;
	work->done = done;
}

static void cpu_stop_signal_done(struct cpu_stop_done *done)
{
	if (atomic_dec_and_test(&done->nr_todo))
		complete(&done->completion);
}

/* ---- Queueing -------------------------------------------------------------------------------- */

static void __cpu_stop_queue_work(struct cpu_stopper *stopper, struct cpu_stop_work *work)
{
	list_add_tail(&work->list, &stopper->works);
}

/* False where the stopper takes no works; the caller is told that it is done all the same. */
static bool cpu_stop_queue_work(unsigned int cpu, struct cpu_stop_work *work)
{
	struct cpu_stopper *stopper = per_cpu_ptr(&cpu_stopper, cpu);
	unsigned long flags;
	bool enabled;

	preempt_disable();
	raw_spin_lock_irqsave(&stopper->lock, flags);
	enabled = stopper->enabled;
	if (enabled)
		__cpu_stop_queue_work(stopper, work);
	else if (work->done)
		cpu_stop_signal_done(work->done);
	raw_spin_unlock_irqrestore(&stopper->lock, flags);

	if (enabled)
		wake_up_process(stopper->thread);
	preempt_enable();
	return enabled;
}

/*
 * On both CPUs or on none, and never between the works of a stop_cpus(): with both locks held, that
 * one is either all in front or all behind.
 */
static int cpu_stop_queue_two_works(int cpu1, struct cpu_stop_work *work1,
				    int cpu2, struct cpu_stop_work *work2)
{
	struct cpu_stopper *stopper1 = per_cpu_ptr(&cpu_stopper, cpu1);
	struct cpu_stopper *stopper2 = per_cpu_ptr(&cpu_stopper, cpu2);
	int err;

	for (;;) {
		preempt_disable();
		raw_spin_lock_irq(&stopper1->lock);
		raw_spin_lock_nested(&stopper2->lock, SINGLE_DEPTH_NESTING);

		err = 0;
		if (!stopper1->enabled || !stopper2->enabled) {
			err = -ENOENT;
		} else if (READ_ONCE(stop_cpus_in_progress)) {
			err = -EAGAIN;
		} else {
			__cpu_stop_queue_work(stopper1, work1);
			__cpu_stop_queue_work(stopper2, work2);
		}

		raw_spin_unlock(&stopper2->lock);
		raw_spin_unlock_irq(&stopper1->lock);
		if (err != -EAGAIN)
			break;

		preempt_enable();
		while (READ_ONCE(stop_cpus_in_progress))
			cpu_relax();
	}

	if (!err) {
		wake_up_process(stopper1->thread);
		wake_up_process(stopper2->thread);
	}
	preempt_enable();
	return err;
}

/* False where not a single stopper took the work. */
static bool queue_stop_cpus_work(const struct cpumask *cpumask, cpu_stop_fn_t fn, void *arg,
				 struct cpu_stop_done *done)
{
	struct cpu_stop_work *work;
	unsigned int cpu;
	bool queued = false;

	/*
	 * Whoever has queued here must not be preempted by the own CPU's stopper: it may wait for
	 * those that have not been asked yet.
	 */
	preempt_disable();
	WRITE_ONCE(stop_cpus_in_progress, true);
	barrier();
	for_each_cpu(cpu, cpumask) {
		work = &per_cpu(cpu_stopper.stop_work, cpu);
		cpu_stop_init_work(work, fn, arg, done);
		if (cpu_stop_queue_work(cpu, work))
			queued = true;
	}
	barrier();
	WRITE_ONCE(stop_cpus_in_progress, false);
	preempt_enable();
	return queued;
}

/* ---- The stopper ----------------------------------------------------------------------------- */

LS_ATOMIC static struct cpu_stop_work *cpu_stop_first_work(struct cpu_stopper *stopper)
{
	struct cpu_stop_work *work;

	if (list_empty(&stopper->works))
		return NULL;
	work = list_first_entry(&stopper->works, struct cpu_stop_work, list);
	list_del_init(&work->list);
	return work;
}

static void cpu_stop_run_work(struct cpu_stop_work *work)
{
	cpu_stop_fn_t fn = work->fn;
	void *arg = work->arg;
	struct cpu_stop_done *done = work->done;
	int ret;

	preempt_count_inc();
	ret = fn(arg);
	if (done) {
		if (ret)
			done->ret = ret;
		cpu_stop_signal_done(done);
	}
	preempt_count_dec();
	WARN_ONCE(preempt_count(), "cpu_stop: leaked preempt count\n");
}

static void cpu_stopper_thread(unsigned int cpu)
{
	struct cpu_stopper *stopper = per_cpu_ptr(&cpu_stopper, cpu);
	struct cpu_stop_work *work;

	do {
		raw_spin_lock_irq(&stopper->lock);
		work = cpu_stop_first_work(stopper);
		raw_spin_unlock_irq(&stopper->lock);
		if (work)
			cpu_stop_run_work(work);
	} while (work);
}

static int cpu_stop_should_run(unsigned int cpu)
{
	struct cpu_stopper *stopper = per_cpu_ptr(&cpu_stopper, cpu);
	unsigned long flags;
	int run;

	raw_spin_lock_irqsave(&stopper->lock, flags);
	run = !list_empty(&stopper->works);
	raw_spin_unlock_irqrestore(&stopper->lock, flags);
	return run;
}

/* ---- multi_cpu_stop() ------------------------------------------------------------------------ */

/* Each is reached by all CPUs before any goes on to the next. */
enum multi_stop_state {
	MULTI_STOP_NONE,		/* a CPU that has seen nothing yet */
	MULTI_STOP_PREPARE,		/* waiting for the last CPU to arrive */
	MULTI_STOP_DISABLE_IRQ,
	MULTI_STOP_RUN,
	MULTI_STOP_EXIT,
};

struct multi_stop_data {
	cpu_stop_fn_t fn;
	void *data;
	unsigned int num_threads;	/* CPUs that take part */
	const struct cpumask *active_cpus;	/* who runs fn; NULL: the first */

	enum multi_stop_state state;
	atomic_t thread_ack;		/* CPUs that have yet to follow to the state */
};

static void set_state(struct multi_stop_data *msdata, enum multi_stop_state newstate)
{
	/* Nobody counts it down before seeing the new state. */
	atomic_set(&msdata->thread_ack, msdata->num_threads);
	smp_wmb();
	WRITE_ONCE(msdata->state, newstate);
}

/* The last one moves everybody on. */
static void ack_state(struct multi_stop_data *msdata)
{
	if (atomic_dec_and_test(&msdata->thread_ack))
		set_state(msdata, msdata->state + 1);
}

/* Still private to the caller. */
LS_ATOMIC static void multi_stop_init(struct multi_stop_data *msdata, cpu_stop_fn_t fn, void *data,
				      unsigned int num_threads, const struct cpumask *active_cpus)
{
	msdata->fn = fn;
	msdata->data = data;
	msdata->num_threads = num_threads;
	msdata->active_cpus = active_cpus;
	set_state(msdata, MULTI_STOP_PREPARE);
}

void stop_machine_yield(const struct cpumask *cpumask __maybe_unused)
{
	cpu_relax();
}

/* Run by the stopper of every CPU that takes part. */
static int multi_cpu_stop(void *data)
{
	struct multi_stop_data *msdata = data;
	enum multi_stop_state newstate, curstate = MULTI_STOP_NONE;
	const struct cpumask *cpumask = msdata->active_cpus;
	int cpu = smp_processor_id(), err = 0;
	unsigned long flags;
	bool is_active;

	local_save_flags(flags);
	if (cpumask) {
		is_active = cpumask_test_cpu(cpu, cpumask);
	} else {
		cpumask = cpu_online_mask;
		is_active = cpu == (int)cpumask_first(cpumask);
	}

	while (curstate != MULTI_STOP_EXIT) {
		stop_machine_yield(cpumask);
		newstate = READ_ONCE(msdata->state);
		if (newstate == curstate) {
			/*
			 * Once all have arrived they are in this loop too, and each is watched by
			 * itself. Before that, whoever keeps us waiting may not be watched at all:
			 * let it be seen.
			 */
			if (curstate > MULTI_STOP_PREPARE)
				touch_nmi_watchdog();
			rcu_momentary_dyntick_idle();
			continue;
		}

		curstate = newstate;
		if (curstate == MULTI_STOP_DISABLE_IRQ) {
			local_irq_disable();
			hard_irq_disable();
		} else if (curstate == MULTI_STOP_RUN && is_active) {
			err = msdata->fn(msdata->data);
		}
		ack_state(msdata);
		rcu_momentary_dyntick_idle();
	}

	local_irq_restore(flags);
	return err;
}

/* ---- What others call ------------------------------------------------------------------------ */

/* Runs fn on one CPU, with nothing else there, and waits for it. */
int stop_one_cpu(unsigned int cpu, cpu_stop_fn_t fn, void *arg)
{
	struct cpu_stop_done done;
	struct cpu_stop_work work;

	cpu_stop_init_done(&done, 1);
	cpu_stop_init_work(&work, fn, arg, &done);
	if (!cpu_stop_queue_work(cpu, &work))
		return -ENOENT;
	/* On the own CPU this gets to the stopper without sleeping first. */
	cond_resched();
	wait_for_completion(&done.completion);
	return done.ret;
}

/* Runs fn on cpu1 while cpu1 and cpu2 do nothing else. */
int stop_two_cpus(unsigned int cpu1, unsigned int cpu2, cpu_stop_fn_t fn, void *arg)
{
	struct multi_stop_data msdata;
	struct cpu_stop_done done;
	struct cpu_stop_work work1, work2;

	multi_stop_init(&msdata, fn, arg, 2, cpumask_of(cpu1));
	cpu_stop_init_done(&done, 2);
	cpu_stop_init_work(&work1, multi_cpu_stop, &msdata, &done);
	cpu_stop_init_work(&work2, multi_cpu_stop, &msdata, &done);
	if (cpu1 > cpu2)
		swap(cpu1, cpu2);
	if (cpu_stop_queue_two_works(cpu1, &work1, cpu2, &work2))
		return -ENOENT;
	wait_for_completion(&done.completion);
	return done.ret;
}

/* Has fn run on one CPU some time soon. The work must not be used again before it has run. */
bool stop_one_cpu_nowait(unsigned int cpu, cpu_stop_fn_t fn, void *arg,
			 struct cpu_stop_work *work_buf)
{
	cpu_stop_init_work(work_buf, fn, arg, NULL);
	return cpu_stop_queue_work(cpu, work_buf);
}

static int __stop_cpus(const struct cpumask *cpumask, cpu_stop_fn_t fn, void *arg)
{
	struct cpu_stop_done done;

	cpu_stop_init_done(&done, cpumask_weight(cpumask));
	if (!queue_stop_cpus_work(cpumask, fn, arg, &done))
		return -ENOENT;
	wait_for_completion(&done.completion);
	return done.ret;
}

static int stop_cpus(const struct cpumask *cpumask, cpu_stop_fn_t fn, void *arg)
{
	int ret;

	mutex_lock(&stop_cpus_mutex);
	ret = __stop_cpus(cpumask, fn, arg);
	mutex_unlock(&stop_cpus_mutex);
	return ret;
}

/* Runs fn on the given CPUs (NULL: on the first) while no CPU does anything else. */
int stop_machine_cpuslocked(cpu_stop_fn_t fn, void *data, const struct cpumask *cpus)
{
	struct multi_stop_data msdata;

	lockdep_assert_cpus_held();
	multi_stop_init(&msdata, fn, data, num_online_cpus(), cpus);
	return stop_cpus(cpu_online_mask, multi_cpu_stop, &msdata);
}

int stop_machine(cpu_stop_fn_t fn, void *data, const struct cpumask *cpus)
{
	int ret;

	cpus_read_lock();
	ret = stop_machine_cpuslocked(fn, data, cpus);
	cpus_read_unlock();
	return ret;
}

#if CONFIG_HOTPLUG_CPU
/*
 * For a CPU that comes and is not active yet, while somebody holds cpu_hotplug_lock for it: it
 * cannot sleep, so that it waits for the mutex and for the others by polling, and does its own
 * stopper's part itself.
 */
int stop_machine_from_inactive_cpu(cpu_stop_fn_t fn, void *data, const struct cpumask *cpus)
{
	struct multi_stop_data msdata;
	struct cpu_stop_done done;
	int ret;

	BUG_ON(cpu_active(smp_processor_id()));
	multi_stop_init(&msdata, fn, data, num_active_cpus() + 1, cpus);
	while (!mutex_trylock(&stop_cpus_mutex))
		cpu_relax();
	cpu_stop_init_done(&done, num_active_cpus());
	queue_stop_cpus_work(cpu_active_mask, multi_cpu_stop, &msdata, &done);
	ret = multi_cpu_stop(&msdata);
	while (!completion_done(&done.completion))
		cpu_relax();
	mutex_unlock(&stop_cpus_mutex);
	return ret ? ret : done.ret;
}
#endif

/* ---- Boot ------------------------------------------------------------------------------------ */

/* By the stopper itself: what is queued it does before it looks whether it is to be parked. */
void stop_machine_park(int cpu)
{
	struct cpu_stopper *stopper = per_cpu_ptr(&cpu_stopper, cpu);

	stopper->enabled = false;
	kthread_park(stopper->thread);
}

void stop_machine_unpark(int cpu)
{
	struct cpu_stopper *stopper = per_cpu_ptr(&cpu_stopper, cpu);

	stopper->enabled = true;
	kthread_unpark(stopper->thread);
}

static void cpu_stop_create(unsigned int cpu)
{
	sched_set_stop_task(cpu, per_cpu(cpu_stopper.thread, cpu));
}

#if CONFIG_HOTPLUG_CPU
/* What had been queued before it took no more works has been done. */
static void cpu_stop_park(unsigned int cpu)
{
	WARN_ON(!list_empty(&per_cpu(cpu_stopper.works, cpu)));
}
#endif

static struct smp_hotplug_thread cpu_stop_threads = {
	.store = &cpu_stopper.thread,
	.thread_should_run = cpu_stop_should_run,
	.thread_fn = cpu_stopper_thread,
	.thread_comm = "migration/%u",
	.create = cpu_stop_create,
#if CONFIG_HOTPLUG_CPU
	.park = cpu_stop_park,
#endif
	.selfparking = true,
};

static int cpu_stop_init(void)
{
	unsigned int cpu;

	for_each_possible_cpu(cpu) {
		struct cpu_stopper *stopper = per_cpu_ptr(&cpu_stopper, cpu);

		raw_spin_lock_init(&stopper->lock);
		INIT_LIST_HEAD(&stopper->works);
	}
	return smpboot_register_percpu_thread(&cpu_stop_threads);
}
early_initcall(cpu_stop_init);
