/* berth-relay: the two roles and what they share. docs/agent-protocol.md, sections 8 and 9. */
#ifndef BERTH_RELAY_H
#define BERTH_RELAY_H

#include <stdbool.h>
#include <stdint.h>

struct sandbox_options {
    const char *channel;
    const char *listen;
    const char *console;
    const char *console_log;
    long console_bytes;
    long connect_timeout_ms;
    bool foreground;
};

struct process_options {
    const char *agent;
    const char *container;
    const char *exec;
    const char *console_socket;
    const char *exit_file;
    int ready_fd;
    bool terminal;
};

/** Both return the exit code of the program. */
int sandbox_main(const struct sandbox_options *options);
int process_main(const struct process_options *options);

#endif
