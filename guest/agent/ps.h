/* The processes of a container: proc_pid_stat(5), proc_pid_status(5). */
#ifndef BERTH_PS_H
#define BERTH_PS_H

#include "process.h"

/** Adds `{"processes":[…],…}`. */
void ps_list(const struct container *container, struct text *text);

#endif
