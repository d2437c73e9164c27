/* Waits for every child and orphan, as PID 1 must: wait(2), signalfd(2). */
#ifndef BERTH_REAPER_H
#define BERTH_REAPER_H

#include <stdbool.h>
#include <sys/types.h>

struct process;
typedef void helper_ended(void *context, int wait_status);

void reaper_open(void);

/** Calls back once when this child of ours has ended. */
void reaper_expect(pid_t pid, helper_ended *ended, void *context);

/** A process's end that was seen before its pid was known to be one; it is told once. */
bool reaper_take_early(pid_t pid, int *wait_status);

/** Drops callbacks whose context this is. */
void reaper_forget(const void *context);

/** In a child before exec: the signal mask and dispositions of a fresh program. */
void reaper_reset_signals(void);

#endif
