/*
 * The CPU's interrupt switch. `flags` is true where interrupts were off. With CONFIG_TRACE_IRQFLAGS
 * others can see the switch in the per-CPU variable hardirqs_enabled; it changes in the same step.
 */
#ifndef _LINUX_IRQFLAGS_H
#define _LINUX_IRQFLAGS_H

#include <linux/percpu.h>
#include <linux/types.h>

#if CONFIG_TRACE_IRQFLAGS
DECLARE_PER_CPU(bool, hardirqs_enabled);

LS_ATOMIC static inline void local_irq_disable(void)
{
	ls_irq_disable();
	this_cpu_write(hardirqs_enabled, false);
}

LS_ATOMIC static inline void local_irq_enable(void)
{
	this_cpu_write(hardirqs_enabled, true);
	ls_irq_enable();
}
#else
#define local_irq_disable() ls_irq_disable()
#define local_irq_enable() ls_irq_enable()
#endif

#define irqs_disabled() ls_irqs_disabled()
#define irqs_disabled_flags(flags) ((flags) != 0)
#define raw_irqs_disabled_flags(flags) irqs_disabled_flags(flags)

#define local_save_flags(flags) ((flags) = irqs_disabled())
#define local_irq_save(flags) do { local_save_flags(flags); local_irq_disable(); } while (0)
#define local_irq_restore(flags)                                                               \
	do {                                                                                   \
		if (!irqs_disabled_flags(flags))                                               \
			local_irq_enable();                                                    \
	} while (0)
#define hard_irq_disable() do { } while (0)

#endif
