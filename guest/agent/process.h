/* Containers, their processes, and who waits for them. */
#ifndef BERTH_PROCESS_H
#define BERTH_PROCESS_H

#include "process-stdio.h"
#include "request.h"

#include <stdint.h>
#include <sys/types.h>

enum { CONTAINERS_MAX = 256, EXECS_MAX = 256, WAITERS_MAX = 64 };

enum status { STATUS_CREATING, STATUS_CREATED, STATUS_RUNNING, STATUS_STOPPED };

struct exit {
    uint32_t code;
    uint32_t signal;
    bool out_of_memory;
    int64_t at_ns;
};

struct waiter {
    struct reply_to to;
    struct waiter *next;
};

struct container;

/** A container's init (its id is empty) or an exec. */
struct process {
    struct container *container;
    char id[ID_SIZE];
    enum status status;
    pid_t pid;
    struct stdio stdio;
    /** The process's ends of its pipes, until it is started. */
    int theirs[3];
    struct exit exit;
    struct waiter *waiters;
    /** An exec's OCI process object. */
    char *spec;
    size_t spec_length;
    struct process *next;
};

struct container {
    char id[ID_SIZE];
    bool paused;
    struct process init;
    struct process *execs;
    /** Below /sys/fs/cgroup, beginning with a slash; empty before it is created. */
    char cgroup[512];
    int oom_watch;
    uint64_t oom_kills;
    struct container *next;
};

/** The container, new and without processes. NULL when there are too many or no memory. */
struct container *container_add(const char *id);
struct container *container_find(const char *id);
void container_remove(struct container *container);
struct container *container_first(void);

struct process *exec_add(struct container *container, const char *id);
struct process *exec_find(struct container *container, const char *id);
void exec_remove(struct process *process);

/** NULL for channel 0. */
struct process *process_on_channel(uint32_t channel);
struct process *process_of_pid(pid_t pid);
/** The callback may remove the process it is called with. */
void process_each(void (*callback)(struct process *process));

/** The process runs as this pid now. It may have ended already. */
void process_started(struct process *process, pid_t pid, enum status status);
/** Its end, with waitpid's status: answers waiters, sends events, finishes its stdio. */
void process_ended(struct process *process, int wait_status);
/** Its EXIT went out: an exec is done with and removed. */
void process_reported(struct process *process);
/** Sends a signal; false with errno. */
bool process_signal(struct process *process, int signal);

/** Adds the exit as members of `text`'s open object. */
void process_describe_exit(const struct process *process, struct text *text);
void process_close_theirs(struct process *process);

#endif
