/* Nothing of it is needed: addresses are not turned into names. */
#ifndef _LINUX_KALLSYMS_H
#define _LINUX_KALLSYMS_H
#endif
