#ifndef _LINUX_IRQRETURN_H
#define _LINUX_IRQRETURN_H

/* Whether it was this device's interrupt. */
typedef enum irqreturn {
	IRQ_NONE = 0,
	IRQ_HANDLED = 1,
} irqreturn_t;

#define IRQ_RETVAL(x) ((x) ? IRQ_HANDLED : IRQ_NONE)

#endif
