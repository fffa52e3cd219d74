/*
 * BUG() ends the run with a violation, WARN() is one and lets the run go on. A warning is shown
 * once for each place anyway, so that the _ONCE forms need no flag.
 */
#ifndef _LINUX_BUG_H
#define _LINUX_BUG_H

#include <linux/compiler.h>
#include <linux/types.h>

#define BUG() ls_fail("bug", "kernel BUG")
#define BUG_ON(condition)                                                                      \
	do {                                                                                   \
		if (condition)                                                                 \
			ls_fail("bug", "kernel BUG: %s", #condition);                          \
	} while (0)

#define WARN_ON(condition) ({                                                                  \
	bool __warns = !!(condition);                                                          \
	if (__warns)                                                                           \
		ls_report("warning", ls_cpu(), ls_self(), "WARNING: %s", #condition);          \
	__warns;                                                                               \
})
#define WARN_ON_ONCE(condition) WARN_ON(condition)
#define WARN(condition, format, ...) WARN_ON(condition)
#define WARN_ONCE(condition, format, ...) WARN_ON(condition)

#define BUILD_BUG_ON(condition) _Static_assert(!(condition), #condition)

#endif
