/*
 * Which CPUs there are. Without CONFIG_HOTPLUG_CPU all are online and active from boot on: the
 * masks are constant and whoever asks gets the same answer every time.
 *
 * With it, CPUs come and go, in the order of the kernel's states:
 *
 *   cpu_up     the CPU is kicked; it sets itself online, has its stopper take works, and reports
 *              in. Its thread "cpuhp/N" is unparked, and then unparks the CPU's other threads,
 *              starts the lock-up detectors and sets the CPU active.
 *   cpu_down   "cpuhp/N" sets the CPU not active, from where on what is scheduled there is pushed
 *              away; stops the detectors, parks the CPU's own threads, and waits until nothing else
 *              is left. It is parked itself. Then the machine is stopped, and the CPU sets itself
 *              offline and has its stopper parked. What runs then is the idle task, which sees that
 *              the CPU is offline, says so to whoever waits for it, and waits with interrupts off
 *              until the CPU is kicked again.
 *
 * All of it is done by the caller or waited for by him, who holds cpu_hotplug_lock for writing;
 * each access that others can see is a step.
 *
 * Left out: cpu_add_remove_lock, a mutex that everybody takes who then takes the other one for
 * writing, so that it keeps out nobody more; but where something is left to be done after the other
 * one, it is there. States that have nothing to do here, hence also failing in one and going back.
 * The rest of what a CPU sets up and tears down on its own: timers, RCU, cross calls under way. The
 * CPU that goes cannot wake a waiter itself in the kernel, where RCU does not watch it any more: it
 * has another one do that, in a cross call. Here it does. A task may take its own CPU down, and is
 * pushed away from it. (Since 6.6 a kworker elsewhere does the work for whoever asks.)
 */
#include <linux/cpu.h>
#if CONFIG_HOTPLUG_CPU
#include <linux/atomic.h>
#include <linux/bug.h>
#include <linux/completion.h>
#include <linux/errno.h>
#include <linux/mutex.h>
#include <linux/nmi.h>
#include <linux/percpu-rwsem.h>
#include <linux/smpboot.h>
#include <linux/stop_machine.h>
#endif

#if CONFIG_HOTPLUG_CPU
const struct cpumask __cpu_possible_mask = CPU_MASK_ALL;
struct cpumask __cpu_online_mask, __cpu_active_mask, __cpu_dying_mask;
atomic_t __num_online_cpus;
#else
const struct cpumask __cpu_online_mask = CPU_MASK_ALL;
const struct cpumask __cpu_active_mask = CPU_MASK_ALL;
#endif

struct cpumask cpu_bit_bitmap[NR_CPUS];

void boot_cpu_init(unsigned int max_cpus __maybe_unused)
{
	unsigned int cpu;

	for_each_possible_cpu(cpu)
		cpu_bit_bitmap[cpu].bits[0] = 1UL << cpu;
#if CONFIG_HOTPLUG_CPU
	BUG_ON(max_cpus < 1 || max_cpus > nr_cpu_ids);
	__cpu_online_mask.bits[0] = ~0UL >> (64 - max_cpus);
	__cpu_active_mask = __cpu_online_mask;
	atomic_set(&__num_online_cpus, max_cpus);
#endif
}

#if CONFIG_HOTPLUG_CPU
/* ---- The lock -------------------------------------------------------------------------------- */

DEFINE_STATIC_PERCPU_RWSEM(cpu_hotplug_lock);

void cpus_read_lock(void)
{
	percpu_down_read(&cpu_hotplug_lock);
}

int cpus_read_trylock(void)
{
	return percpu_down_read_trylock(&cpu_hotplug_lock);
}

void cpus_read_unlock(void)
{
	percpu_up_read(&cpu_hotplug_lock);
}

void cpus_write_lock(void)
{
	percpu_down_write(&cpu_hotplug_lock);
}

void cpus_write_unlock(void)
{
	percpu_up_write(&cpu_hotplug_lock);
}

#if CONFIG_LOCKDEP
void lockdep_assert_cpus_held(void)
{
	percpu_rwsem_assert_held(&cpu_hotplug_lock);
}
#endif
/* Whoever takes this one takes the other one for writing next, or has that behind him. */
#if CONFIG_HARDLOCKUP_DETECTOR_PERF
static DEFINE_MUTEX(cpu_add_remove_lock);
#define cpu_maps_update_begin() mutex_lock(&cpu_add_remove_lock)
#define cpu_maps_update_done() mutex_unlock(&cpu_add_remove_lock)
#else
#define cpu_maps_update_begin() do { } while (0)
#define cpu_maps_update_done() do { } while (0)
#endif

/* ---- The masks ------------------------------------------------------------------------------- */

LS_ATOMIC static bool cpumask_test_and_set_cpu(unsigned int cpu, struct cpumask *mask)
{
	const bool was_set = mask->bits[0] >> cpu & 1;

	mask->bits[0] |= 1UL << cpu;
	return was_set;
}

LS_ATOMIC static bool cpumask_test_and_clear_cpu(unsigned int cpu, struct cpumask *mask)
{
	const bool was_set = mask->bits[0] >> cpu & 1;

	mask->bits[0] &= ~(1UL << cpu);
	return was_set;
}

static void set_cpu_online(unsigned int cpu, bool online)
{
	if (online) {
		if (!cpumask_test_and_set_cpu(cpu, &__cpu_online_mask))
			atomic_inc(&__num_online_cpus);
	} else {
		if (cpumask_test_and_clear_cpu(cpu, &__cpu_online_mask))
			atomic_dec(&__num_online_cpus);
	}
}

void set_cpu_active(unsigned int cpu, bool active)
{
	if (active)
		cpumask_set_cpu(cpu, &__cpu_active_mask);
	else
		cpumask_clear_cpu(cpu, &__cpu_active_mask);
}

static void set_cpu_dying(unsigned int cpu, bool dying)
{
	if (dying)
		cpumask_set_cpu(cpu, &__cpu_dying_mask);
	else
		cpumask_clear_cpu(cpu, &__cpu_dying_mask);
}

/* ---- The thread of a CPU that comes or goes -------------------------------------------------- */

struct cpuhp_cpu_state {
	struct task_struct *thread;
	bool should_run;		/* the thread has something to do: */
	bool bringup;			/* coming; else going */
	bool kicked;			/* the CPU is to leave its dead end */
	struct completion done_up, done_down;
};

static DEFINE_PER_CPU(struct cpuhp_cpu_state, cpuhp_state);

static void complete_ap_thread(struct cpuhp_cpu_state *st, bool bringup)
{
	complete(bringup ? &st->done_up : &st->done_down);
}

static void wait_for_ap_thread(struct cpuhp_cpu_state *st, bool bringup)
{
	wait_for_completion(bringup ? &st->done_up : &st->done_down);
}

static int cpuhp_should_run(unsigned int cpu __maybe_unused)
{
	return this_cpu_read(cpuhp_state.should_run);
}

static void cpuhp_ap_online(unsigned int cpu)
{
	smpboot_unpark_threads(cpu);
	lockup_detector_online_cpu(cpu);
	sched_cpu_activate(cpu);
}

static void cpuhp_ap_offline(unsigned int cpu)
{
	sched_cpu_deactivate(cpu);
	lockup_detector_offline_cpu(cpu);
	smpboot_park_threads(cpu);
	sched_cpu_wait_empty(cpu);
}

static void cpuhp_thread_fun(unsigned int cpu)
{
	struct cpuhp_cpu_state *st = this_cpu_ptr(&cpuhp_state);
	const bool bringup = READ_ONCE(st->bringup);

	if (bringup)
		cpuhp_ap_online(cpu);
	else
		cpuhp_ap_offline(cpu);
	WRITE_ONCE(st->should_run, false);
	complete_ap_thread(st, bringup);
}

static struct smp_hotplug_thread cpuhp_threads = {
	.store = &cpuhp_state.thread,
	.thread_should_run = cpuhp_should_run,
	.thread_fn = cpuhp_thread_fun,
	.thread_comm = "cpuhp/%u",
	.selfparking = true,
};

int cpuhp_threads_init(void)
{
	unsigned int cpu;

	for_each_possible_cpu(cpu) {
		init_completion(&per_cpu(cpuhp_state.done_up, cpu));
		init_completion(&per_cpu(cpuhp_state.done_down, cpu));
	}
	return smpboot_register_percpu_thread(&cpuhp_threads);
}

static void cpuhp_set_state(unsigned int cpu, bool bringup)
{
	per_cpu(cpuhp_state.bringup, cpu) = bringup;
	set_cpu_dying(cpu, !bringup);
}

static void cpuhp_kick_ap(struct cpuhp_cpu_state *st, bool bringup)
{
	WRITE_ONCE(st->should_run, true);
	wake_up_process(st->thread);
	wait_for_ap_thread(st, bringup);
}

/* ---- Coming ---------------------------------------------------------------------------------- */

static int (*cpuhp_starting)(unsigned int cpu);

int cpuhp_setup_state_nocalls(enum cpuhp_state state, const char *name __maybe_unused,
			      int (*startup)(unsigned int cpu), int (*teardown)(unsigned int cpu))
{
	BUG_ON(state != CPUHP_AP_CACHECTRL_STARTING || cpuhp_starting || teardown);
	cpuhp_starting = startup;
	return 0;
}

/* By the idle task, as the first thing that the CPU does. */

LS_ATOMIC static void wait_for_kick(struct cpuhp_cpu_state *st)
{
	ls_await(st->kicked);
	st->kicked = false;
}

static void cpuhp_online_idle(void)
{
	stop_machine_unpark(smp_processor_id());
	complete_ap_thread(this_cpu_ptr(&cpuhp_state), true);
}

void start_secondary(void)
{
	local_irq_disable();
	wait_for_kick(this_cpu_ptr(&cpuhp_state));
	if (cpuhp_starting)
		cpuhp_starting(smp_processor_id());
	set_cpu_online(smp_processor_id(), true);
	local_irq_enable();
	cpuhp_online_idle();
}

static void bringup_cpu(unsigned int cpu)
{
	struct cpuhp_cpu_state *st = per_cpu_ptr(&cpuhp_state, cpu);

	WRITE_ONCE(st->kicked, true);
	wait_for_ap_thread(st, true);
	WARN_ON_ONCE(!cpu_online(cpu));
	kthread_unpark(st->thread);
	cpuhp_kick_ap(st, true);
}

int cpu_up(unsigned int cpu)
{
	if (!cpu_possible(cpu))
		return -EINVAL;
	cpu_maps_update_begin();
	cpus_write_lock();
	if (!cpu_online(cpu)) {
		cpuhp_set_state(cpu, true);
		bringup_cpu(cpu);
	}
	cpus_write_unlock();
	cpu_maps_update_done();
	return 0;
}

/* ---- Going ----------------------------------------------------------------------------------- */

/* By the CPU that goes, in its stopper, while all CPUs are stopped. */
static int take_cpu_down(void *unused __maybe_unused)
{
	const unsigned int cpu = smp_processor_id();

	set_cpu_online(cpu, false);
	sched_cpu_dying(cpu);
	stop_machine_park(cpu);
	return 0;
}

/* By its idle task, the last that it does. */
void cpuhp_report_idle_dead(void)
{
	complete_ap_thread(this_cpu_ptr(&cpuhp_state), false);
}

static int takedown_cpu(unsigned int cpu)
{
	struct cpuhp_cpu_state *st = per_cpu_ptr(&cpuhp_state, cpu);
	int err;

	kthread_park(st->thread);
	err = stop_machine_cpuslocked(take_cpu_down, NULL, cpumask_of(cpu));
	if (err) {
		kthread_unpark(st->thread);
		return err;
	}
	BUG_ON(cpu_online(cpu));
	wait_for_ap_thread(st, false);
	return 0;
}

static int _cpu_down(unsigned int cpu)
{
	if (!cpu_online(cpu))
		return 0;
	if (num_online_cpus() == 1)
		return -EBUSY;
	cpuhp_set_state(cpu, false);
	cpuhp_kick_ap(per_cpu_ptr(&cpuhp_state, cpu), false);
	return takedown_cpu(cpu);
}

int cpu_down(unsigned int cpu)
{
	int err;

	if (!cpu_possible(cpu))
		return -EINVAL;
	cpu_maps_update_begin();
	cpus_write_lock();
	err = _cpu_down(cpu);
	cpus_write_unlock();
	lockup_detector_cleanup();
	cpu_maps_update_done();
	return err;
}
#endif
