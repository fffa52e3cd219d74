/*
 * The same C runs natively and, as ls_boot, in lockstep; each writes down what it computes, and the test compares.
 */
#ifndef RECORD_H
#define RECORD_H

#define MOST_RESULTS 512

long results[MOST_RESULTS];
int result_count;

#define RECORD(value) (results[result_count++] = (long)(value))

static void run(void);

#ifdef __LOCKSTEP__
#include <lockstep.h>

static void idle(void* unused) { (void)unused; }

void ls_boot(void)
{
    ls_run(0, ls_task(idle, 0, 1, LS_TASK, "idle"));
    run();
}
#else
int printf(const char* format, ...);

int main(void)
{
    run();
    for (int i = 0; i < result_count; i++) printf("%ld\n", results[i]);
    return 0;
}
#endif

#endif
