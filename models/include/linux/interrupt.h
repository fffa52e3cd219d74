/*
 * Devices' interrupts; kernel/irq.c says how they behave. An interrupt's number is its vector:
 * SCENARIO_VECTOR and above.
 */
#ifndef _LINUX_INTERRUPT_H
#define _LINUX_INTERRUPT_H

#include <asm/irq_vectors.h>
#include <linux/cpumask.h>
#include <linux/irqflags.h>
#include <linux/irqreturn.h>
#include <linux/preempt.h>

#ifndef LOCKSTEP_NO_SOURCES
#pragma lockstep source "kernel/irq.c"
#endif

typedef irqreturn_t (*irq_handler_t)(int irq, void *dev_id);

/* Begins disabled: the driver says enable_irq(). */
#define IRQF_NO_AUTOEN 0x00080000

/* In boot. */
int request_irq(unsigned int irq, irq_handler_t handler, unsigned long flags, const char *name,
		void *dev_id);
/* The interrupt goes to the first CPU of the mask; without this call to CPU 0. */
int irq_set_affinity(unsigned int irq, const struct cpumask *mask);

void *free_irq(unsigned int irq, void *dev_id);

void disable_irq(unsigned int irq);
void disable_irq_nosync(unsigned int irq);
void enable_irq(unsigned int irq);
void synchronize_irq(unsigned int irq);

/* What a device does: it raises its interrupt. */
void irq_inject_interrupt(unsigned int irq);

#endif
