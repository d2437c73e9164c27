/* How a guest process ended, and how the relay passes that on. */
#ifndef BERTH_EXIT_STATUS_H
#define BERTH_EXIT_STATUS_H

#include <stdbool.h>
#include <stdint.h>

struct exit_status {
    uint32_t code;
    uint32_t signal;
    bool out_of_memory;
    /** The VM or the sandbox relay went away before the end was known. */
    bool lost;
};

/** Writes the exit file aside and renames it. 0, or -1 with errno. */
int exit_status_write(const struct exit_status *status, const char *path);

/** Ends this program the way the guest process ended. */
_Noreturn void exit_status_assume(const struct exit_status *status);

#endif
