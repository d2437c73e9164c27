/* The terminal of a process relay. */
#ifndef BERTH_TERMINAL_H
#define BERTH_TERMINAL_H

#include <stdbool.h>
#include <sys/ioctl.h>

/**
 * Makes a pseudo terminal, sends its master to the console socket, and takes the slave as descriptors 0 to 2 and as
 * controlling terminal, raw. False with errno on failure.
 */
bool terminal_make(const char *console_socket);

/** Sets the terminal at descriptor 0 raw until terminal_restore(). False with errno when it is none. */
bool terminal_take(void);
void terminal_restore(void);

/** Its size; false when it has none yet. */
bool terminal_size(struct winsize *size);

#endif
