/* Keeps what the guest writes to its serial console: the last bytes of it, in a file and its predecessor. */
#ifndef BERTH_CONSOLE_H
#define BERTH_CONSOLE_H

#include "../common/loop.h"

struct console {
    struct watch watch;
    const char *log_path;
    long limit;
    long written;
    int log_fd;
};

/** Opens the log. False with errno on failure. */
bool console_open(struct console *console, const char *log_path, long limit);

/** Reads from QEMU's serial port from now on; takes the descriptor. */
void console_attach(struct console *console, int fd);

#endif
