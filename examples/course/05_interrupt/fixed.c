/*
 * 5. An interrupt that takes the same lock (fixed)
 *
 * The task turns interrupts off while it holds the lock (the kernel's spin_lock_irq()). The handler
 * need not: interrupts are off in it.
 *
 * Command: lockstep check 05_interrupt/fixed.c --cpus 1
 * See:     holds: the interrupt comes before the lock is taken or after it is released.
 *
 * expect --cpus 1: holds
 * expect --cpus 2: holds
 */
#include <lockstep.h>

enum { DEVICE = 1 };

static _Bool locked;
static int packets;

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

static void device_interrupt(void)
{
	lock();
	packets++;
	unlock();
}

static void reader(void *unused)
{
	ls_irq_disable();
	lock();
	packets = 0;
	unlock();
	ls_irq_enable();
}

/* The interrupt is pending from the beginning: it comes before, between or after any of the task's steps. */
void ls_boot(void)
{
	ls_irq_handler(DEVICE, device_interrupt);
	ls_irq_raise(0, DEVICE);
	ls_run(0, ls_task(reader, 0, 1, LS_TASK, "reader"));
}
