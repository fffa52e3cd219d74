/* Odds and ends. */
#ifndef _LINUX_KERNEL_H
#define _LINUX_KERNEL_H

#include <linux/compiler.h>
#include <linux/container_of.h>
#include <linux/errno.h>
#include <linux/printk.h>
#include <linux/string.h>
#include <linux/types.h>

#define ARRAY_SIZE(array) (sizeof(array) / sizeof((array)[0]))

#define min(a, b) ({ __typeof__(a) __a = (a); __typeof__(b) __b = (b); __a < __b ? __a : __b; })
#define max(a, b) ({ __typeof__(a) __a = (a); __typeof__(b) __b = (b); __a > __b ? __a : __b; })
#define swap(a, b) do { __typeof__(a) __swapped = (a); (a) = (b); (b) = __swapped; } while (0)

#define _RET_IP_ 0UL		/* who called: for people only */

#define BIT_ULL(nr) (1ULL << (nr))

#define NSEC_PER_SEC 1000000000LL
#define MSEC_PER_SEC 1000

#endif
