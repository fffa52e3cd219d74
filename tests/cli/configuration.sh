#!/usr/bin/env bash
# The miniature kernel's configuration: what cannot be is refused, with the reason; what nobody asks for is pointed out.
. "$(dirname "$0")/support.sh"

# out_of_the_question PATTERN ARGUMENTS...: status 2, nothing on standard output, and the reason.
out_of_the_question() {
    local pattern=$1
    shift
    run check scenario.c "$@"
    expect 2
    expect_empty out
    expect_text err "error: .*$pattern"
    expect_no_text err 'bug in lockstep'
}

cat >scenario.c <<'C'
#include <linux/hung_task.h>
#include <linux/kthread.h>
#include <linux/nmi.h>
#include <linux/start_kernel.h>

static int nothing(void *unused) { return 0; }

void ls_boot(void)
{
	start_kernel();
	lockup_detector_init();
	start_task(kthread_create_on_cpu(nothing, NULL, 0, "nothing"), 0);
}
C

run check scenario.c -D CONFIG_PREEMPT_FULL -D CONFIG_NUMA_BALANCING=0
expect 0
expect_no_text err 'asks for'

# The preemption model: one of three.
out_of_the_question 'choose one of CONFIG_PREEMPT' -D CONFIG_PREEMPT_FULL -D CONFIG_PREEMPT_NONE
out_of_the_question 'choose one of CONFIG_PREEMPT' -D CONFIG_PREEMPT_VOLUNTARY=0

# The detectors.
out_of_the_question 'choose one of CONFIG_HARDLOCKUP' -D CONFIG_HARDLOCKUP_DETECTOR_PERF -D CONFIG_HARDLOCKUP_DETECTOR_BUDDY
out_of_the_question 'at least --cpus 2' --cpus 1 -D CONFIG_HARDLOCKUP_DETECTOR_BUDDY
out_of_the_question 'needs CONFIG_LOCKUP_DETECTOR' -D CONFIG_HARDLOCKUP_DETECTOR_PERF -D CONFIG_LOCKUP_DETECTOR=0
out_of_the_question '1 \(until 2010\), 2 ' -D CONFIG_SOFTLOCKUP_GENERATION=4
out_of_the_question 'how generation 3 began' -D CONFIG_SOFTLOCKUP_GENERATION=2 -D CONFIG_SOFTLOCKUP_ONE_STAMP
out_of_the_question 'no timer at which' -D CONFIG_SOFTLOCKUP_GENERATION=1 -D CONFIG_HARDLOCKUP_DETECTOR_PERF
out_of_the_question '0 to 60 seconds \(EINVAL\)' -D WATCHDOG_THRESH=61
out_of_the_question '0 to 60 seconds \(EINVAL\)' -D WATCHDOG_THRESH=-1
out_of_the_question '0 to 60 seconds \(EINVAL\)' -D watchdog_thresh=61
out_of_the_question 'takes 0 or 1 \(EINVAL\)' -D softlockup_panic=2
out_of_the_question 'takes 0 or 1 \(EINVAL\)' -D softlockup_all_cpu_backtrace=2
out_of_the_question 'no negative numbers \(EINVAL\)' -D hung_task_timeout_secs=-1
out_of_the_question 'bits of possible CPUs' -D watchdog_cpumask=0x100
out_of_the_question '0 turns the detectors off' -D WATCHDOG_THRESH=0
out_of_the_question 'WATCHDOG_CPUMASK' -D WATCHDOG_CPUMASK=4
out_of_the_question 'HUNG_TASK_TIMEOUT_SECS' -D CONFIG_DETECT_HUNG_TASK -D HUNG_TASK_TIMEOUT_SECS=-1
out_of_the_question 'HUNG_TASK_TIMEOUT_SECS' -D CONFIG_DETECT_HUNG_TASK -D HUNG_TASK_TIMEOUT_SECS=0
out_of_the_question 'RCU_CPU_STALL_TIMEOUT' -D CONFIG_RCU_CPU_STALL_TIMEOUT=2
out_of_the_question 'RCU_CPU_STALL_TIMEOUT' -D CONFIG_RCU_CPU_STALL_TIMEOUT=301
out_of_the_question 'SOFTLOCKUP_PANIC' -D SOFTLOCKUP_PANIC=2
out_of_the_question 'SOFTLOCKUP_REPORT_TICKS' -D SOFTLOCKUP_REPORT_TICKS=-1

out_of_the_question '0 or 1 \(EINVAL\)' -D SOFTLOCKUP_ALL_CPU_BACKTRACE=2
out_of_the_question 'came with 3.16' -D SOFTLOCKUP_ALL_CPU_BACKTRACE -D CONFIG_SOFTLOCKUP_GENERATION=1
out_of_the_question 'TTWU_QUEUE only' -D CPUS_SHARE_CACHE=0
out_of_the_question 'no other CPU' --cpus 1 -D SCHED_SOFTIRQ
out_of_the_question 'at most 3600' -D CONFIG_DETECT_HUNG_TASK -D HUNG_TASK_TIMEOUT_SECS=4000

# Values that would be taken for something else.
refused 'by -D CONFIG_NAME, or by =1' check scenario.c -D CONFIG_PREEMPT_FULL=y
out_of_the_question 'is 0 or 1' -D CONFIG_NUMA_BALANCING=2
out_of_the_question 'is 0 or 1' -D CONFIG_HOTPLUG_CPU=7

# A name that is misspelt is no error, since a file may or may not ask for it.
run check scenario.c -D CONFIG_PREMPT_FULL
expect 0
expect_text out 'CONFIG_PREMPT_FULL: nothing in the sources asks for it'
run check scenario.c -D CONFIG_PREMPT_FULL --json result.json
expect_text result.json 'nothing in the sources asks for it'

finish
