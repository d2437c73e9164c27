/* The two short-lived programs between the agent and an exec's command; see exec-child.c. */
#ifndef BERTH_EXEC_CHILD_H
#define BERTH_EXEC_CHILD_H

#include "exec-spec.h"

/** What a child tells the agent, one message each; `TERMINAL` carries the master's descriptor. */
struct exec_message {
    enum { EXEC_PID, EXEC_TERMINAL, EXEC_FAILED } kind;
    int pid;
    int error;
    char what[48];
};

struct exec_child {
    const struct exec_spec *spec;
    /** Whose namespaces to join: a pidfd of the container's init. */
    int pidfd;
    bool join_user_namespace;
    /** Opened `cgroup.procs`. */
    int cgroup;
    /** The compiled seccomp filter, -1 without one. */
    int seccomp;
    bool terminal;
    int stdio[3];
    /** A SOCK_SEQPACKET to the agent; closed by a successful exec. */
    int agent;
};

/** Runs in the forked child; never returns. */
_Noreturn void exec_child_main(const struct exec_child *child);

#endif
