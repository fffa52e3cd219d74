/*
 * Of those that wait for the same CPU the better class runs first: deadline, then FIFO by priority
 * and in order of arrival, then fair.
 *
 * expect --cpus 1: holds
 * expect --cpus 1 -D CONFIG_PREEMPT_FULL: holds
 */
#include <linux/kthread.h>
#include <linux/sched.h>
#include <linux/start_kernel.h>

static int turn;

static int in_turn(void *data)
{
	const int *mine = data;

	ls_assert(*mine == turn);
	turn++;
	return 0;
}

static struct task_struct *make(int number, int policy, int priority)
{
	static int numbers[6];
	const struct sched_param param = { .sched_priority = priority };
	struct task_struct *p = NULL;

	numbers[number] = number;
	switch (number) {
	case 0:
		p = kthread_create(in_turn, &numbers[0], "deadline");
		break;
	case 1:
		p = kthread_create(in_turn, &numbers[1], "fifo 90");
		break;
	case 2:
		p = kthread_create(in_turn, &numbers[2], "fifo 50, first");
		break;
	case 3:
		p = kthread_create(in_turn, &numbers[3], "fifo 50, second");
		break;
	case 4:
		p = kthread_create(in_turn, &numbers[4], "fair");
		break;
	}
	sched_setscheduler(p, policy, &param);
	return p;
}

void ls_boot(void)
{
	start_kernel();
	start_task(make(0, SCHED_DEADLINE, 0), 0);
	start_task(make(4, SCHED_NORMAL, 0), 0);
	start_task(make(2, SCHED_FIFO, 50), 0);
	start_task(make(3, SCHED_FIFO, 50), 0);
	start_task(make(1, SCHED_FIFO, 90), 0);
}
