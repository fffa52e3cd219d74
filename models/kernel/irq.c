/*
 * Devices' interrupts: from the vector to the driver's handler, and disabling one of them
 * (kernel/irq/ of the kernel: handle.c, chip.c, manage.c, resend.c).
 *
 * Modelled: the descriptor of an interrupt under its lock; edge-triggered flow, as of message-
 * signalled interrupts; disabling with a depth, and lazily. disable_irq() only notes that the
 * interrupt is disabled. If it comes all the same it is noted as pending, and the last enable_irq()
 * raises it again; so none is lost, but several become one. An interrupt that comes on one CPU
 * while its handler runs on another is noted in the same way, and handled by the one that is at it.
 * disable_irq(), synchronize_irq() and free_irq() wait until the handler is not running.
 *
 * As in the kernel the handler runs without the descriptor's lock, and with interrupts off; and its
 * end, though not the return from the interrupt, is what the others wait for.
 *
 * One step is what is done to a descriptor under its lock. The lock itself, the handler, and each
 * look of synchronize_irq() are steps of their own.
 *
 * In the kernel an interrupt has its own number, and a vector on the CPU that it goes to. Here they
 * are the same, since nothing is gained by keeping them apart. The vectors' entries are set in
 * boot, and with them the handlers.
 *
 * Left out: level-triggered and threaded interrupts, several drivers for one (IRQF_SHARED), moving
 * one to another CPU at run time, masking at the device (after a pending one has been noted the
 * kernel masks; here it would be noted again, which is the same), wake-ups, spurious interrupts,
 * asking the interrupt controller whether one is on its way (synchronize_irq() since 5.3: it
 * matters where the device is switched off at once).
 */
#include <linux/bug.h>
#include <linux/errno.h>
#include <linux/interrupt.h>
#include <linux/processor.h>
#include <linux/sched.h>
#include <linux/spinlock.h>

#define NR_IRQS 16

struct irqaction {
	irq_handler_t handler;		/* NULL: nobody has asked for the interrupt */
	void *dev_id;
};

struct irq_desc {
	raw_spinlock_t lock;		/* of all that follows */
	struct irqaction action;
	unsigned char depth;		/* how often it is disabled */
	bool inprogress;		/* its handler runs */
	bool pending;			/* it came while disabled or in progress */
	unsigned char cpu;		/* where the device raises it; set in boot */
};

static struct irq_desc irq_descs[NR_IRQS];

#define irq_to_desc(irq) (&irq_descs[irq])

/* ---- The way in ------------------------------------------------------------------------------ */

/* Notes that the handler is to run; false: that it would have. */
LS_ATOMIC static bool irq_begin_or_note(struct irq_desc *desc)
{
	if (desc->inprogress || desc->depth || !desc->action.handler) {
		desc->pending = true;
		return false;
	}
	desc->pending = false;
	desc->inprogress = true;
	return true;
}

/* The handler has run. True: and is to run again. */
LS_ATOMIC static bool irq_end_or_repeat(struct irq_desc *desc)
{
	desc->inprogress = desc->pending && !desc->depth && desc->action.handler;
	if (desc->inprogress)
		desc->pending = false;
	return desc->inprogress;
}

LS_ATOMIC static struct irqaction irq_action(const struct irq_desc *desc)
{
	return desc->action;
}

/* By now the driver may have given it back: free_irq() takes the action away, then waits for us. */
static void handle_irq_event(struct irq_desc *desc, int irq)
{
	const struct irqaction action = irq_action(desc);

	if (action.handler)
		action.handler(irq, action.dev_id);
}

static void handle_edge_irq(struct irq_desc *desc, int irq)
{
	bool runs;

	raw_spin_lock(&desc->lock);
	runs = irq_begin_or_note(desc);
	while (runs) {
		raw_spin_unlock(&desc->lock);
		handle_irq_event(desc, irq);
		raw_spin_lock(&desc->lock);
		runs = irq_end_or_repeat(desc);
	}
	raw_spin_unlock(&desc->lock);
}

#define DEFINE_IDTENTRY(vector)                                                                \
	static void common_interrupt_##vector(void)                                            \
	{                                                                                      \
		handle_edge_irq(irq_to_desc(vector), vector);                                  \
	}
DEFINE_IDTENTRY(8)
DEFINE_IDTENTRY(9)
DEFINE_IDTENTRY(10)
DEFINE_IDTENTRY(11)
_Static_assert(SCENARIO_VECTOR == 8, "the first entry is that of the first vector");

/* ---- Disabling ------------------------------------------------------------------------------- */

LS_ATOMIC static void __disable_irq(struct irq_desc *desc)
{
	desc->depth++;
}

void disable_irq_nosync(unsigned int irq)
{
	struct irq_desc *desc = irq_to_desc(irq);
	unsigned long flags;

	raw_spin_lock_irqsave(&desc->lock, flags);
	__disable_irq(desc);
	raw_spin_unlock_irqrestore(&desc->lock, flags);
}

void irq_inject_interrupt(unsigned int irq)
{
	ls_irq_raise(irq_to_desc(irq)->cpu, irq);
}

LS_ATOMIC static void __enable_irq(struct irq_desc *desc, unsigned int irq)
{
	if (desc->depth == 0) {
		ls_report("warning", ls_cpu(), ls_self(), "Unbalanced enable for IRQ %d", irq);
		return;
	}
	if (--desc->depth || !desc->pending)
		return;
	desc->pending = false;
	irq_inject_interrupt(irq);
}

void enable_irq(unsigned int irq)
{
	struct irq_desc *desc = irq_to_desc(irq);
	unsigned long flags;

	raw_spin_lock_irqsave(&desc->lock, flags);
	__enable_irq(desc, irq);
	raw_spin_unlock_irqrestore(&desc->lock, flags);
}

/* Waiting for the handler, which must not be the caller, nor want what the caller holds. */
static void __synchronize_hardirq(struct irq_desc *desc)
{
	unsigned long flags;
	bool inprogress;

	do {
		while (READ_ONCE(desc->inprogress))
			cpu_relax();
		raw_spin_lock_irqsave(&desc->lock, flags);
		inprogress = desc->inprogress;
		raw_spin_unlock_irqrestore(&desc->lock, flags);
	} while (inprogress);
}

/* It may have to wait for threads, too, which it says when it is too late. */
static void __synchronize_irq(struct irq_desc *desc)
{
	__synchronize_hardirq(desc);
	might_sleep();
}

void synchronize_irq(unsigned int irq)
{
	__synchronize_irq(irq_to_desc(irq));
}

void disable_irq(unsigned int irq)
{
	might_sleep();
	disable_irq_nosync(irq);
	synchronize_irq(irq);
}

/* ---- Asking for one, and giving it back ------------------------------------------------------ */

static void set_entry(unsigned int irq)
{
	switch (irq) {
	case 8:
		ls_irq_handler(8, common_interrupt_8);
		break;
	case 9:
		ls_irq_handler(9, common_interrupt_9);
		break;
	case 10:
		ls_irq_handler(10, common_interrupt_10);
		break;
	case 11:
		ls_irq_handler(11, common_interrupt_11);
		break;
	default:
		BUG();		/* devices' interrupts are those from SCENARIO_VECTOR on, four of them */
	}
}

int request_irq(unsigned int irq, irq_handler_t handler, unsigned long flags,
		const char *name __maybe_unused, void *dev_id)
{
	struct irq_desc *desc = irq_to_desc(irq);

	if (!handler)
		return -EINVAL;
	if (desc->action.handler)
		return -EBUSY;
	desc->action.handler = handler;
	desc->action.dev_id = dev_id;
	desc->depth = flags & IRQF_NO_AUTOEN ? 1 : 0;
	set_entry(irq);
	return 0;
}

int irq_set_affinity(unsigned int irq, const struct cpumask *mask)
{
	irq_to_desc(irq)->cpu = cpumask_first(mask);
	return 0;
}

/* It stays disabled. What comes still is noted, and forgotten. */
LS_ATOMIC static void *irq_shutdown(struct irq_desc *desc)
{
	void *dev_id = desc->action.dev_id;

	desc->action.handler = NULL;
	desc->action.dev_id = NULL;
	desc->depth = 1;
	return dev_id;
}

/* When it returns the handler does not run any more, and what it uses can go. */
void *free_irq(unsigned int irq, void *dev_id)
{
	struct irq_desc *desc = irq_to_desc(irq);
	unsigned long flags;

	WARN(in_interrupt(), "Trying to free IRQ %d from IRQ context!\n", irq);
	raw_spin_lock_irqsave(&desc->lock, flags);
	if (WARN_ON(desc->action.dev_id != dev_id)) {
		raw_spin_unlock_irqrestore(&desc->lock, flags);
		return NULL;
	}
	irq_shutdown(desc);
	raw_spin_unlock_irqrestore(&desc->lock, flags);
	__synchronize_irq(desc);
	return dev_id;
}
