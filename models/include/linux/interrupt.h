#ifndef _LINUX_INTERRUPT_H
#define _LINUX_INTERRUPT_H

#include <asm/irq_vectors.h>
#include <linux/irqflags.h>
#include <linux/preempt.h>

#endif
