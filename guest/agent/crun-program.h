/* The program file of the guest's OCI runtime. */
#ifndef BERTH_CRUN_PROGRAM_H
#define BERTH_CRUN_PROGRAM_H

#define CRUN "/usr/bin/crun"

/**
 * A path to execute crun by, made at the first call: a sealed copy in memory, which no container can change through
 * /proc/self/exe. crun makes itself such a copy and starts anew unless it runs from one.
 */
const char *crun_program(void);

#endif
