#ifndef _LINUX_PROCESSOR_H
#define _LINUX_PROCESSOR_H

#include <lockstep.h>

#define cpu_relax_yield() cpu_relax()

#endif
