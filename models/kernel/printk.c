/*
 * The console. A record takes time (PRINTK_TICKS), in which interrupts are on: it stands for the
 * many lines that a tick of seconds holds, each of which has them off for milliseconds only. A
 * serial console tells the watchdog for every line that it is busy, not stuck
 * (CONFIG_SERIAL_8250_CONSOLE).
 *
 * Left out: the log itself, and who prints what others have logged.
 */
#include <linux/nmi.h>
#include <linux/printk.h>

int oops_in_progress;		/* how many are: kernel/panic.c counts them */

void printk_record(void)
{
#if CONFIG_SERIAL_8250_CONSOLE
	touch_nmi_watchdog();
#endif
	ls_delay(PRINTK_TICKS);
}
