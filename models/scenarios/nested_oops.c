/*
 * An oops within an oops (a field report from a 64-CPU ARM server with a 4.19 kernel: it was to
 * panic, dump and reboot, but hung, with "watchdog: BUG: soft lockup - CPU#35 stuck for 22s!
 * [docker-containe:29506]" from one CPU after the other, all of them in
 * smp_call_function_many()).
 *
 * A task on CPU 0 runs into a fault. While die() holds die_lock, with interrupts off, a notifier
 * (the "kernel box", which is to record the oops) runs into another one, and die() waits for the
 * lock that its own CPU holds. On the other CPUs a process each runs user code for a while, each
 * for longer than the one before; then a page fault maps code into it, and the kernel asks all
 * other CPUs to notice (kick_all_cpus_sync()). CPU 0 never answers. So each is stuck from its own
 * first page fault on, and reported 24 s later; CPU 0 is reported by NMI only
 * (-D CONFIG_HARDLOCKUP_DETECTOR_PERF), and where there is none, by nobody.
 *
 * -D CALLERS=1: only CPU 1 has a page fault; the others stay well.
 * -D CONFIG_DIE_OWNER_CHECK: die() notices whose lock it is, as on x86, and goes on to the panic.
 * -D SOUND_NOTIFIER: the notifier does not run into a fault.
 *
 * expect --cpus 1: violated deadlock permanent cpu=0 task=gen_seri_oops/0
 * expect --cpus 1 --all: violated deadlock permanent cpu=0 task=gen_seri_oops/0
 * expect --cpus 1 --all -D CONFIG_HARDLOCKUP_DETECTOR_PERF: violated deadlock permanent cpu=0; hard_lockup permanent cpu=0 task=gen_seri_oops/0
 * expect --cpus 2: violated soft_lockup permanent cpu=1 task=docker-containe message=watchdog:*soft*lockup*-*CPU#1*stuck*for*22s!*[docker-containe:*]
 * expect --cpus 2 --all: violated deadlock permanent; soft_lockup permanent cpu=1 task=docker-containe
 * expect --cpus 2 --all -D CONFIG_HARDLOCKUP_DETECTOR_PERF: violated deadlock permanent; hard_lockup permanent cpu=0 task=gen_seri_oops/0; soft_lockup permanent cpu=1 task=docker-containe
 * expect --cpus 3 --all: violated deadlock permanent; soft_lockup permanent cpu=1; soft_lockup permanent cpu=2
 * expect --cpus 2 --all -D CALLERS=0: violated deadlock permanent cpu=0 task=gen_seri_oops/0
 * expect-long --cpus 3 --all -D CALLERS=1: violated deadlock permanent; soft_lockup permanent cpu=1
 * expect-long --cpus 4 --all: violated deadlock permanent; soft_lockup permanent cpu=1; soft_lockup permanent cpu=2; soft_lockup permanent cpu=3
 * expect --cpus 1 -D CONFIG_DIE_OWNER_CHECK: holds
 * expect --cpus 2 -D CONFIG_DIE_OWNER_CHECK: holds
 * expect --cpus 2 -D CONFIG_DIE_OWNER_CHECK -D CONFIG_HARDLOCKUP_DETECTOR_PERF: holds
 * expect --cpus 3 -D CONFIG_DIE_OWNER_CHECK: holds
 * expect --cpus 2 -D SOUND_NOTIFIER: holds
 */
#include <linux/entry-common.h>
#include <linux/kdebug.h>
#include <linux/kthread.h>
#include <linux/nmi.h>
#include <linux/panic.h>
#include <linux/smp.h>
#include <linux/start_kernel.h>

#ifndef CALLERS
#define CALLERS (NR_CPUS - 1)
#endif

static int kbox_die_callback(struct notifier_block *nb __maybe_unused,
			     unsigned long action __maybe_unused, void *data __maybe_unused)
{
#ifndef SOUND_NOTIFIER
	die_in_notifier("Unable to handle kernel NULL pointer dereference");
#endif
	return NOTIFY_DONE;
}

static struct notifier_block kbox_notifier = { .notifier_call = kbox_die_callback };

static int gen_seri_oops(void *unused __maybe_unused)
{
	die("Oops");
	return 0;
}

static int container(void *unused __maybe_unused)
{
	exit_to_user_mode();
	ls_delay(smp_processor_id());
	enter_from_user_mode();
	kick_all_cpus_sync();
	return 0;
}

void ls_boot(void)
{
	int cpu;

	start_kernel();
	call_function_init();
	lockup_detector_init();
	register_die_notifier(&kbox_notifier);
	start_task(kthread_create_on_cpu(gen_seri_oops, NULL, 0, "gen_seri_oops/%d"), 0);
	for (cpu = 1; cpu <= CALLERS; cpu++)
		start_task(kthread_create_on_cpu(container, NULL, cpu, "docker-containe"), cpu);
}
