/*
 * An oops and a panic: how a kernel that has run into a fault comes to its end, or does not.
 *
 * Modelled: die() with the lock that lets one CPU report at a time, its notifiers, and the panic
 * after it (panic_on_oops is set: nobody goes on after an oops); an oops within an oops. Without
 * CONFIG_DIE_OWNER_CHECK that waits for die_lock, which its own CPU holds (arm64); with it, it
 * goes on, and only the last of the nested ones releases the lock (x86). panic() on one CPU,
 * while others that get there stop themselves.
 *
 * die_lock is a bare lock. In the kernel, too, the debugging of locks is off by then:
 * oops_enter() switches it off, so that nobody reports a spinlock taken twice.
 *
 * The text of an oops and a panic takes far less than a tick, so that no time is spent on it. The
 * dump (kdump) is the end of the run like the panic itself, wherever it is called.
 *
 * Functions cannot call themselves in a model. So the oops within an oops has a name of its own,
 * and does not call the notifiers once more: what it would meet there is a third one, which does
 * with the lock what the second did (and in the end the stack overflows, which is the end, too).
 *
 * panic() ends the run, and that is all right: ls_assume() leaves out what would come after it, and
 * no time passes before.
 *
 * Left out: everything that is for people, panic notifiers, oopses from interrupts.
 */
#include <linux/bug.h>
#include <linux/irqflags.h>
#include <linux/kdebug.h>
#include <linux/panic.h>
#include <linux/preempt.h>
#include <linux/printk.h>
#include <linux/processor.h>
#include <linux/smp.h>

/* ---- Panic ----------------------------------------------------------------------------------- */

#define PANIC_CPU_INVALID -1

static int panic_cpu = PANIC_CPU_INVALID;

LS_ATOMIC static bool panic_try_start(void)
{
	if (panic_cpu != PANIC_CPU_INVALID)
		return false;
	panic_cpu = smp_processor_id();
	return true;
}

static void panic_smp_self_stop(void)
{
	for (;;)
		cpu_relax();
}

void panic(const char *message __maybe_unused)
{
	local_irq_disable();
	preempt_disable();
	if (!panic_try_start())
		panic_smp_self_stop();
	ls_assume(false);
}

/* ---- Notifiers (kernel/notifier.c) ----------------------------------------------------------- */

static struct notifier_block *die_chain;

int register_die_notifier(struct notifier_block *nb)
{
	struct notifier_block **link = &die_chain;

	while (*link)
		link = &(*link)->next;
	nb->next = NULL;
	*link = nb;
	return 0;
}

static int notify_die(enum die_val val, const char *message)
{
	struct notifier_block *nb;
	int ret = NOTIFY_DONE;

	for (nb = die_chain; nb && ret != NOTIFY_STOP; nb = nb->next)
		ret = nb->notifier_call(nb, val, (void *)message);
	return ret;
}

/* ---- Oops ------------------------------------------------------------------------------------ */

static bool die_lock;
#if CONFIG_DIE_OWNER_CHECK
static int die_owner = -1;
static unsigned int die_nest_count;
#endif

LS_ATOMIC static void die_lock_acquire(void)
{
	ls_await(!die_lock);
	die_lock = true;
}

#if CONFIG_DIE_OWNER_CHECK
LS_ATOMIC static bool die_lock_try(void)
{
	const bool taken = !die_lock;

	die_lock = true;
	return taken;
}

/* Another CPU may read the owner at any time; the count is the lock holder's. */
static void oops_begin(void)
{
	const int cpu = smp_processor_id();

	local_irq_disable();
	if (!die_lock_try() && READ_ONCE(die_owner) != cpu)
		die_lock_acquire();
	die_nest_count++;
	WRITE_ONCE(die_owner, cpu);
	oops_in_progress++;
}

static void oops_end(void)
{
	oops_in_progress--;
	WRITE_ONCE(die_owner, -1);
	if (--die_nest_count == 0)
		die_lock = false;
	panic("Fatal exception");
}
#else
static void oops_begin(void)
{
	local_irq_disable();
	preempt_disable();
	die_lock_acquire();
	oops_in_progress++;
}

/* The lock stays taken: nobody is to oops after this. */
static void oops_end(void)
{
	oops_in_progress--;
	panic("Oops: Fatal exception");
}
#endif

void die(const char *message)
{
	oops_begin();
	notify_die(DIE_OOPS, message);
	oops_end();
}

void die_in_notifier(const char *message __maybe_unused)
{
	oops_begin();
	oops_end();
}
