/*
 * The log. What is printed is not modelled (detectors' messages are made by ls_report()), only that
 * a record takes time and what the console does meanwhile; kernel/printk.c.
 */
#ifndef _LINUX_PRINTK_H
#define _LINUX_PRINTK_H

#include <linux/types.h>

#ifndef LOCKSTEP_NO_SOURCES
#pragma lockstep source "kernel/printk.c"
#endif

/* How long a record takes, in ticks. */
#ifndef PRINTK_TICKS
#define PRINTK_TICKS 1
#endif

void printk_record(void);

extern int oops_in_progress;

#define KERN_EMERG ""
#define KERN_ERR ""
#define KERN_WARNING ""
#define KERN_INFO ""

#define printk(format, ...) printk_record()
#define pr_emerg(format, ...) printk_record()
#define pr_err(format, ...) printk_record()
#define pr_warn(format, ...) printk_record()
#define pr_info(format, ...) printk_record()

#endif
