/*
 * 5. An interrupt that takes the same lock (buggy)
 *
 * Question: a task and an interrupt's handler count packets under a spinlock, as one should. What if
 *           the interrupt comes to the task's CPU while the task holds the lock?
 * Command:  lockstep check 05_interrupt/buggy.c --cpus 1
 * See:      violated: deadlock. The handler waits for the lock, and the task that holds it does not
 *           run before the handler is over. One CPU is enough.
 *
 * expect --cpus 1: violated deadlock permanent cpu=0 task=reader
 * expect --cpus 2: violated deadlock permanent cpu=0 task=reader
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
	lock();
	packets = 0;
	unlock();
}

/* The interrupt is pending from the beginning: it comes before, between or after any of the task's steps. */
void ls_boot(void)
{
	ls_irq_handler(DEVICE, device_interrupt);
	ls_irq_raise(0, DEVICE);
	ls_run(0, ls_task(reader, 0, 1, LS_TASK, "reader"));
}
