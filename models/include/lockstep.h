/*
 * The language of models: what C does not have, and the machine under the kernel.
 *
 * A model is C11 with the GNU extensions that the kernel uses. lockstep explores every interleaving of its tasks and
 * interrupt handlers on NR_CPUS CPUs (--cpus N). Each read or write of memory that others can reach is a step of its
 * own. Functions that are declared here and have no body are known to the checker.
 */
#ifndef LOCKSTEP_H
#define LOCKSTEP_H

/* ---- Steps ------------------------------------------------------------------------------------------------------ */

/* The whole body is one step. It waits (at its start) until every ls_await on its way through would be true. */
#define LS_ATOMIC __attribute__((annotate("ls_atomic")))

/* Waits until the condition holds; the test and what follows up to the next access of memory are one step. */
void ls_await(_Bool condition);

/* Any number from low to high: the checker tries them all. */
long ls_choose(long low, long high);

/* Leaves out every run in which the condition is false here. */
void ls_assume(_Bool condition);

/* ---- Properties --------------------------------------------------------------------------------------------------*/

/* The run is a violation if the condition is false here. */
void ls_assert(_Bool condition);

/* Holds in every state, between any two steps: LS_INVARIANT(acks_in_range, ack >= 0 && ack <= NR_CPUS). */
#define LS_INVARIANT(name, condition)                                                                                  \
	static __attribute__((annotate("ls_invariant"), used)) _Bool ls_invariant_##name(void) { return (condition); }     \
	_Static_assert(1, "")

/*
 * A detector's report on a CPU and a task (task -1: whoever it runs): a violation of the kind "soft_lockup", say, with
 * a message as the kernel's log would have it. Formats: %d %u %x %s and %pT, a task's number printed as its name. The
 * run goes on. ls_fail is the same for the own CPU and task, and nothing after it matters (BUG).
 */
void ls_report(const char *kind, int cpu, int task, const char *format, ...);
void ls_fail(const char *kind, const char *format, ...);

/* A task must end, or pass such a call again and again. */
void ls_progress(void);

/* ---- CPUs and tasks ---------------------------------------------------------------------------------------------- */

/* One copy of the variable for each CPU; ls_per_cpu_ptr(&variable.member, cpu) is the address of a copy's part. */
#define LS_PER_CPU __attribute__((annotate("ls_per_cpu")))
#define ls_per_cpu_ptr(pointer, cpu) ((__typeof__(pointer))ls_per_cpu_address((pointer), (cpu)))
void *ls_per_cpu_address(const volatile void *pointer, int cpu);

/* The own CPU's copy, whichever CPU that is when the access is made (an instruction with a segment prefix, on x86);
 * ls_per_cpu_ptr(..., ls_cpu()) is an address that stays what it is if the task is moved meanwhile. */
#define ls_own_cpu_ptr(pointer) ((__typeof__(pointer))ls_own_cpu_address(pointer))
void *ls_own_cpu_address(const volatile void *pointer);

/*
 * Written by the model. ls_boot runs once, alone, before everything else: it creates tasks, handlers and timers. The
 * others are optional: what each task does before and after its entry function, and what a task does on its way out
 * of an interrupt (with interrupts off; they are on again after it) and in ls_preempt.
 */
void ls_boot(void);
void ls_task_start(void);
void ls_task_exit(void);
void ls_irq_exit(void);

/*
 * Creates a task (in boot only) and returns its number, from 0 on. It does not run before it is switched to, or, in
 * boot, put on a CPU by ls_run. The name is a format with at most one number: "migration/%d"; the second task that is
 * called "worker" is "worker#2". A daemon may wait for work for ever.
 */
enum { LS_TASK = 0, LS_DAEMON = 1 };
#define ls_task(entry, argument, pid, flags, ...) ls_create_task((void (*)(void *))(entry), argument, pid, flags, __VA_ARGS__)
int ls_create_task(void (*entry)(void *), void *argument, int pid, int flags, const char *name, ...);
void ls_run(int cpu, int task);

/* A pointer that goes with a task (set in boot). */
void ls_set_task_data(int task, void *data);
void *ls_task_data(int task);

int ls_cpu(void);                /* the own CPU's number */
int ls_self(void);               /* the own task's number; in an interrupt the interrupted task's */
int ls_current(int cpu);         /* the task on a CPU; -1: none */
void ls_switch_to(int task);     /* the own CPU runs that task from now on; returns when switched back to */

/* ---- Interrupts and time ----------------------------------------------------------------------------------------- */

/*
 * Handlers are set in boot, for all CPUs; vectors are 0 to 15. Handlers run with interrupts off. An NMI's handler runs
 * whatever the interrupt state, as one step, and a countdown to an NMI counts the CPU's own time: it stands still while
 * the CPU is stolen. But ls_nmi_handler(LS_OBSERVER, f) is no part of the machine that is modelled: f looks at it from
 * outside, even from a CPU that is stolen.
 */
enum { LS_OBSERVER = 15 };
void ls_irq_handler(int vector, void (*handler)(void));
void ls_nmi_handler(int vector, void (*handler)(void));
void ls_irq_raise(int cpu, int vector);     /* pending until delivered */
void ls_irq_disable(void);
void ls_irq_enable(void);
_Bool ls_irqs_disabled(void);
_Bool ls_in_irq(void);                      /* in an interrupt's handler */
void ls_preempt(void);                      /* runs ls_irq_exit now */

/* One countdown for each (cpu, vector): raises the interrupt when the ticks are over. 0 ticks: stops it. */
void ls_timer_start(int cpu, int vector, int ticks);

/* How long a tick is, in milliseconds (at file level, once). */
#define LS_TICK_MS(milliseconds)                                                                                       \
	static const int ls_tick_ms __attribute__((annotate("ls_tick_ms"), used)) = (milliseconds)

void ls_delay(int ticks);            /* work that takes time; may be interrupted, which does not count */
void ls_steal(int cpu, int ticks);   /* the hypervisor takes the CPU away, interrupts included */
void ls_halt(void);                  /* turns interrupts on and sleeps until one has been handled */

/*
 * A time stamp: compare two, subtract one from another (which gives ticks), add ticks to one. LS_NEVER equals only
 * itself. Differences beyond 1000 ticks are not told apart.
 */
typedef unsigned long ls_time_t;
#define LS_NEVER ((ls_time_t)-1)
ls_time_t ls_now(void);

/* In a loop that waits. Says nothing to the checker, which sees for itself that a loop waits. */
void cpu_relax(void);

#endif
