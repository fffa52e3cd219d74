/*
 * Two tasks that wait for each other asleep (field reports of this kind begin with "INFO: task
 * rmmod:2154 blocked for more than 120 seconds", and a second such line for a kworker).
 *
 * rmmod on CPU 0 removes a device under the driver's mutex and waits for the work that the device
 * has queued. The kworker on CPU 1 has begun that work, and wants the mutex for it. Both sleep for
 * ever. Their CPUs are idle, so that no lock-up detector has anything to say; khungtaskd, which
 * finds a CPU at once, reports both tasks, 120 to 240 s later.
 *
 * -D UNLOCKED_WAIT: rmmod lets go of the mutex before it waits.
 * -D SLOW_DISK=29: the work just takes 116 s; that is nobody's fault, and reported only if it takes
 * longer than khungtaskd waits (-D SLOW_DISK=31).
 *
 * expect --cpus 2: violated deadlock permanent
 * expect --cpus 2 --all -D CONFIG_LOCKUP_DETECTOR: violated deadlock permanent
 * expect --cpus 2 --all -D CONFIG_HARDLOCKUP_DETECTOR_PERF: violated deadlock permanent
 * expect --cpus 2 --all -D CONFIG_DETECT_HUNG_TASK: violated deadlock permanent; hung_task permanent cpu=0 task=rmmod message=INFO:*task*rmmod:1001*blocked*for*more*than*120*seconds.; hung_task permanent cpu=1 task=kworker/1:2
 * expect --cpus 2 --all -D CONFIG_DETECT_HUNG_TASK -D CONFIG_PREEMPT_FULL: violated deadlock permanent; hung_task permanent task=rmmod; hung_task permanent task=kworker/1:2
 * expect --cpus 2 --all -D CONFIG_DETECT_HUNG_TASK -D CONFIG_LOCKUP_DETECTOR -D HUNG_TASK_FIRST_LOOK_SECS=60: violated deadlock permanent; hung_task permanent task=rmmod; hung_task permanent task=kworker/1:2
 * expect --cpus 2 -D CONFIG_DETECT_HUNG_TASK -D UNLOCKED_WAIT: holds
 * expect --cpus 2 -D CONFIG_DETECT_HUNG_TASK -D UNLOCKED_WAIT -D CONFIG_PREEMPT_FULL: holds
 * expect --cpus 2 -D CONFIG_DETECT_HUNG_TASK -D UNLOCKED_WAIT -D CONFIG_LOCKUP_DETECTOR -D HUNG_TASK_FIRST_LOOK_SECS=60: holds
 * expect --cpus 2 -D CONFIG_DETECT_HUNG_TASK -D UNLOCKED_WAIT -D SLOW_DISK=29: holds
 * expect --cpus 2 --all -D CONFIG_DETECT_HUNG_TASK -D UNLOCKED_WAIT -D SLOW_DISK=31: violated hung_task transient task=rmmod
 */
#include <linux/completion.h>
#include <linux/entry-common.h>
#include <linux/hung_task.h>
#include <linux/kthread.h>
#include <linux/mutex.h>
#include <linux/start_kernel.h>
#if CONFIG_LOCKUP_DETECTOR
#include <linux/nmi.h>
#endif

#if NR_CPUS < 2
#error "rmmod runs on CPU 0, the work on CPU 1: at least --cpus 2"
#endif

/* Ticks of 4 s that the work waits for the disk. */
#ifndef SLOW_DISK
#define SLOW_DISK 0
#endif

static DEFINE_MUTEX(driver_mutex);
static DECLARE_COMPLETION(work_done);

static int rmmod(void *unused __maybe_unused)
{
	mutex_lock(&driver_mutex);
#ifdef UNLOCKED_WAIT
	mutex_unlock(&driver_mutex);
	wait_for_completion(&work_done);
#else
	wait_for_completion(&work_done);
	mutex_unlock(&driver_mutex);
#endif
	return 0;
}

/* In the work's time others may have its CPU, as if it were asleep. */
static void wait_for_disk(void)
{
	exit_to_user_mode();
	ls_delay(SLOW_DISK);
	enter_from_user_mode();
}

static int kworker(void *unused __maybe_unused)
{
	mutex_lock(&driver_mutex);
	mutex_unlock(&driver_mutex);
	if (SLOW_DISK)
		wait_for_disk();
	complete(&work_done);
	return 0;
}

void ls_boot(void)
{
	start_kernel();
#if CONFIG_LOCKUP_DETECTOR
	lockup_detector_init();
#endif
	hung_task_init();
	start_task(kthread_create_on_cpu(rmmod, NULL, 0, "rmmod"), 0);
	start_task(kthread_create_on_cpu(kworker, NULL, 1, "kworker/%d:2"), 1);
}
