/*
 * Starts a process in a running container without the OCI runtime, whose own start costs more than everything done
 * here: under emulation running other code is what is dear.
 */
#ifndef BERTH_EXEC_H
#define BERTH_EXEC_H

#include "process.h"

/** Starts the registered exec and answers the request when the program runs or could not be run. */
void exec_start(struct process *process, const struct reply_to *to);

/** The process is being removed while it starts. */
void exec_cancel(const struct process *process);

#endif
