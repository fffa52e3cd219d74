/* Variables of which each CPU has a copy. */
#ifndef _LINUX_PERCPU_H
#define _LINUX_PERCPU_H

#include <linux/compiler.h>
#include <linux/types.h>

#define DECLARE_PER_CPU(type, name) extern LS_PER_CPU __typeof__(type) name
#define DEFINE_PER_CPU(type, name) LS_PER_CPU __typeof__(type) name
#define DEFINE_PER_CPU_ALIGNED(type, name) DEFINE_PER_CPU(type, name)
#define DEFINE_PER_CPU_SHARED_ALIGNED(type, name) DEFINE_PER_CPU(type, name)

#define per_cpu_ptr(pointer, cpu) ls_per_cpu_ptr(pointer, (int)(cpu))
#define this_cpu_ptr(pointer) ls_per_cpu_ptr(pointer, ls_cpu())
#define raw_cpu_ptr(pointer) this_cpu_ptr(pointer)
#define per_cpu(variable, cpu) (*per_cpu_ptr(&(variable), cpu))

/* One operation: the task cannot be moved between finding the copy and reading or writing it. */
#define this_cpu_read(variable) (*ls_own_cpu_ptr(&(variable)))
#define this_cpu_write(variable, value) (*ls_own_cpu_ptr(&(variable)) = (value))
#define __this_cpu_read(variable) this_cpu_read(variable)
#define __this_cpu_write(variable, value) this_cpu_write(variable, value)
#define raw_cpu_read(variable) this_cpu_read(variable)
#define raw_cpu_write(variable, value) this_cpu_write(variable, value)

#endif
