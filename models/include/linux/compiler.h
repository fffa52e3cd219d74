/*
 * What the kernel asks of the compiler. Memory is sequentially consistent here and the checker
 * neither caches nor merges accesses, so that READ_ONCE() and WRITE_ONCE() are plain accesses and
 * barriers are nothing.
 */
#ifndef _LINUX_COMPILER_H
#define _LINUX_COMPILER_H

#define READ_ONCE(x) (x)
#define WRITE_ONCE(x, value) ((x) = (value))

#define barrier() do { } while (0)
#define smp_mb() barrier()
#define smp_rmb() barrier()
#define smp_wmb() barrier()
#define smp_load_acquire(pointer) (*(pointer))
#define smp_store_release(pointer, value) (*(pointer) = (value))

#define likely(x) (!!(x))
#define unlikely(x) (!!(x))

#define __init
#define __percpu
#define __must_check
#define __sched
#define notrace
#define __maybe_unused __attribute__((unused))
#define __always_unused __attribute__((unused))
#define __weak __attribute__((weak))
#define noinline
#define fallthrough __attribute__((fallthrough))

#endif
