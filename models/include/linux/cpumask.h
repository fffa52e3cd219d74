/*
 * Sets of CPUs. Each function here is a step: up to 64 CPUs a set is one word, which it reads once;
 * above it is several, for models that need few files of kernel/ (see LOCKSTEP_NO_SOURCES).
 *
 * Where CPUs neither come nor go all that are possible are present, online and active, and the
 * masks that say so are constant. With CONFIG_HOTPLUG_CPU the masks are variables, and so is the
 * number of CPUs that are online, which the kernel keeps apart: kernel/cpu.c changes them.
 */
#ifndef _LINUX_CPUMASK_H
#define _LINUX_CPUMASK_H

#include <linux/bug.h>
#include <linux/compiler.h>
#include <linux/types.h>

#ifndef LOCKSTEP_NO_SOURCES
#pragma lockstep source "kernel/cpu.c"
#if NR_CPUS > 64
#error "kernel/ takes masks of tasks for one word: at most 64 CPUs"
#endif
#endif

#define CPUMASK_WORDS ((NR_CPUS + 63) / 64)
struct cpumask {
	unsigned long bits[CPUMASK_WORDS];
};
typedef struct cpumask cpumask_t;

#define nr_cpu_ids NR_CPUS
#if NR_CPUS <= 64
#define CPUMASK_WORD(cpu) 0
#define CPUMASK_BIT(cpu) (cpu)
#define CPU_BITS_ALL (~0UL >> (64 - NR_CPUS))
#define CPU_MASK_ALL { { CPU_BITS_ALL } }
#else
#define CPUMASK_WORD(cpu) ((cpu) / 64)
#define CPUMASK_BIT(cpu) ((cpu) % 64)
#define CPU_MASK_ALL                                                                           \
	{                                                                                      \
		{                                                                              \
			[0 ... CPUMASK_WORDS - 2] = ~0UL,                                      \
			[CPUMASK_WORDS - 1] = ~0UL >> (64 * CPUMASK_WORDS - NR_CPUS)           \
		}                                                                              \
	}
#endif

#if CONFIG_HOTPLUG_CPU
extern const struct cpumask __cpu_possible_mask;
extern struct cpumask __cpu_online_mask;
extern struct cpumask __cpu_active_mask;
extern struct cpumask __cpu_dying_mask;
extern atomic_t __num_online_cpus;
#else
extern const struct cpumask __cpu_online_mask;
extern const struct cpumask __cpu_active_mask;
#define __cpu_possible_mask __cpu_online_mask
#endif
#define cpu_possible_mask (&__cpu_possible_mask)
#define cpu_present_mask (&__cpu_possible_mask)
#define cpu_online_mask (&__cpu_online_mask)
#define cpu_active_mask (&__cpu_active_mask)

/* One mask for each CPU, with this CPU alone in it; filled by boot_cpu_init(). */
extern struct cpumask cpu_bit_bitmap[NR_CPUS];
static inline const struct cpumask *cpumask_of(unsigned int cpu)
{
	return &cpu_bit_bitmap[cpu];
}

LS_ATOMIC static inline bool cpumask_test_cpu(int cpu, const struct cpumask *mask)
{
	return mask->bits[CPUMASK_WORD(cpu)] >> CPUMASK_BIT(cpu) & 1;
}

LS_ATOMIC static inline bool cpumask_empty(const struct cpumask *mask)
{
	for (unsigned int i = 0; i < CPUMASK_WORDS; i++)
		if (mask->bits[i])
			return false;
	return true;
}

/* The first CPU of the mask after `cpu`; nr_cpu_ids: none. */
LS_ATOMIC static inline unsigned int cpumask_next(int cpu, const struct cpumask *mask)
{
	for (cpu++; cpu < nr_cpu_ids; cpu++)
		if (mask->bits[CPUMASK_WORD(cpu)] >> CPUMASK_BIT(cpu) & 1)
			break;
	return cpu;
}

LS_ATOMIC static inline void cpumask_clear(struct cpumask *mask)
{
	for (unsigned int i = 0; i < CPUMASK_WORDS; i++)
		mask->bits[i] = 0;
}

LS_ATOMIC static inline void cpumask_set_cpu(unsigned int cpu, struct cpumask *mask)
{
	mask->bits[CPUMASK_WORD(cpu)] |= 1UL << CPUMASK_BIT(cpu);
}

LS_ATOMIC static inline void cpumask_clear_cpu(unsigned int cpu, struct cpumask *mask)
{
	mask->bits[CPUMASK_WORD(cpu)] &= ~(1UL << CPUMASK_BIT(cpu));
}

LS_ATOMIC static inline void cpumask_copy(struct cpumask *to, const struct cpumask *from)
{
	for (unsigned int i = 0; i < CPUMASK_WORDS; i++)
		to->bits[i] = from->bits[i];
}

static inline unsigned int cpumask_first(const struct cpumask *mask)
{
	return cpumask_next(-1, mask);
}

LS_ATOMIC static inline unsigned int cpumask_weight(const struct cpumask *mask)
{
	unsigned int weight = 0;

	for (unsigned int i = 0; i < CPUMASK_WORDS; i++)
		for (unsigned long bits = mask->bits[i]; bits; bits &= bits - 1)
			weight++;
	return weight;
}

#define cpumask_bits(mask) ((mask)->bits)
#define cpumask_any(mask) cpumask_first(mask)

#if CONFIG_CPUMASK_ANY_ORDER
/* Some CPU of the mask that is not among those that were taken before; nr_cpu_ids: none. */
LS_ATOMIC static inline unsigned int cpumask_take_any(struct cpumask *taken, const struct cpumask *mask)
{
	unsigned int cpu;

	for (unsigned int i = 0; i < CPUMASK_WORDS; i++) {
		if (mask->bits[i] & ~taken->bits[i]) {
			cpu = ls_choose(0, nr_cpu_ids - 1);
			ls_assume((mask->bits[CPUMASK_WORD(cpu)] & ~taken->bits[CPUMASK_WORD(cpu)]) >>
				  CPUMASK_BIT(cpu) & 1);
			taken->bits[CPUMASK_WORD(cpu)] |= 1UL << CPUMASK_BIT(cpu);
			return cpu;
		}
	}
	return nr_cpu_ids;
}

#define for_each_cpu(cpu, mask)                                                                \
	for (struct cpumask ls_taken = {};                                                     \
	     ((cpu) = cpumask_take_any(&ls_taken, mask)) < nr_cpu_ids;)
#else
#define for_each_cpu(cpu, mask)                                                                \
	for ((cpu) = cpumask_first(mask); (cpu) < nr_cpu_ids; (cpu) = cpumask_next(cpu, mask))
#endif
/* Always in the order of their numbers, as loops at boot have to be. */
#define for_each_possible_cpu(cpu) for ((cpu) = 0; (cpu) < nr_cpu_ids; (cpu)++)

#if CONFIG_HOTPLUG_CPU
#define for_each_online_cpu(cpu) for_each_cpu(cpu, cpu_online_mask)

static inline unsigned int num_online_cpus(void)
{
	return READ_ONCE(__num_online_cpus.counter);
}

#define num_active_cpus() cpumask_weight(cpu_active_mask)

static inline bool cpu_online(unsigned int cpu)
{
	return cpumask_test_cpu(cpu, cpu_online_mask);
}

static inline bool cpu_active(unsigned int cpu)
{
	return cpumask_test_cpu(cpu, cpu_active_mask);
}

static inline bool cpu_dying(unsigned int cpu)
{
	return cpumask_test_cpu(cpu, &__cpu_dying_mask);
}
#else
#if CONFIG_CPUMASK_ANY_ORDER
#define for_each_online_cpu(cpu) for_each_cpu(cpu, cpu_online_mask)
#else
#define for_each_online_cpu(cpu) for_each_possible_cpu(cpu)
#endif

static inline unsigned int num_online_cpus(void)
{
	return nr_cpu_ids;
}

#define num_active_cpus() num_online_cpus()

static inline bool cpu_online(unsigned int cpu)
{
	return cpu < nr_cpu_ids;
}

static inline bool cpu_active(unsigned int cpu)
{
	return cpu < nr_cpu_ids;
}

static inline bool cpu_dying(unsigned int cpu __maybe_unused)
{
	return false;
}
#endif

#define cpu_is_offline(cpu) (CONFIG_HOTPLUG_CPU && !cpu_online(cpu))

static inline bool cpu_possible(unsigned int cpu)
{
	return cpu < nr_cpu_ids;
}

#endif
