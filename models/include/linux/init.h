/*
 * Initcalls: the miniature kernel has one, the stopper's, and start_kernel() calls it by this name.
 */
#ifndef _LINUX_INIT_H
#define _LINUX_INIT_H

#include <linux/compiler.h>

#define early_initcall(function)                                                               \
	int early_initcall_##function(void);                                                   \
	int early_initcall_##function(void) { return function(); }

#endif
