#include "process.h"

#include "cgroup.h"
#include "events.h"
#include "exec.h"
#include "reaper.h"

#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static struct container *containers;
static int container_count;

static void process_init(struct process *process, struct container *container, const char *id) {
    process->container = container;
    strcpy(process->id, id);
    for (int port = 0; port < 3; port++)
        process->theirs[port] = -1;
    stdio_init(&process->stdio, process);
}

struct container *container_add(const char *id) {
    struct container *container = container_count < CONTAINERS_MAX ? calloc(1, sizeof(*container)) : NULL;
    if (!container) return NULL;
    strcpy(container->id, id);
    container->oom_watch = -1;
    process_init(&container->init, container, "");
    container->next = containers;
    containers = container;
    container_count++;
    return container;
}

struct container *container_first(void) {
    return containers;
}

struct container *container_find(const char *id) {
    struct container *container = containers;
    while (container && strcmp(container->id, id) != 0)
        container = container->next;
    return container;
}

static void process_release(struct process *process) {
    exec_cancel(process);
    process_close_theirs(process);
    stdio_abandon(&process->stdio);
    free(process->spec);
    while (process->waiters) {
        struct waiter *waiter = process->waiters;
        process->waiters = waiter->next;
        reply_error(&waiter->to, "not-running", "it was deleted");
        free(waiter);
    }
}

void container_remove(struct container *container) {
    while (container->execs)
        exec_remove(container->execs);
    process_release(&container->init);
    cgroup_unwatch(container);
    struct container **place = &containers;
    while (*place != container)
        place = &(*place)->next;
    *place = container->next;
    container_count--;
    free(container);
}

struct process *exec_add(struct container *container, const char *id) {
    int count = 0;
    for (struct process *other = container->execs; other; other = other->next)
        count++;
    struct process *process = count < EXECS_MAX ? calloc(1, sizeof(*process)) : NULL;
    if (!process) return NULL;
    process_init(process, container, id);
    process->status = STATUS_CREATED;
    process->next = container->execs;
    container->execs = process;
    return process;
}

struct process *exec_find(struct container *container, const char *id) {
    struct process *process = container->execs;
    while (process && strcmp(process->id, id) != 0)
        process = process->next;
    return process;
}

void exec_remove(struct process *process) {
    struct process **place = &process->container->execs;
    while (*place != process)
        place = &(*place)->next;
    *place = process->next;
    process_release(process);
    free(process);
}

void process_each(void (*callback)(struct process *process)) {
    for (struct container *container = containers; container;) {
        struct container *next_container = container->next;
        for (struct process *exec = container->execs; exec;) {
            struct process *next = exec->next;
            callback(exec);
            exec = next;
        }
        callback(&container->init);
        container = next_container;
    }
}

struct process *process_on_channel(uint32_t channel) {
    if (channel == 0) return NULL;
    for (struct container *container = containers; container; container = container->next) {
        if (container->init.stdio.channel == channel) return &container->init;
        for (struct process *exec = container->execs; exec; exec = exec->next)
            if (exec->stdio.channel == channel) return exec;
    }
    return NULL;
}

struct process *process_of_pid(pid_t pid) {
    for (struct container *container = containers; container; container = container->next) {
        if (container->init.pid == pid) return &container->init;
        for (struct process *exec = container->execs; exec; exec = exec->next)
            if (exec->pid == pid) return exec;
    }
    return NULL;
}

void process_close_theirs(struct process *process) {
    for (int port = 0; port < 3; port++) {
        if (process->theirs[port] >= 0) close(process->theirs[port]);
        process->theirs[port] = -1;
    }
}

void process_started(struct process *process, pid_t pid, enum status status) {
    process->pid = pid;
    process->status = status;
    process_close_theirs(process);
    int wait_status;
    /* Alive means that the early end was an older process's of the same number. */
    if (kill(pid, 0) < 0 && reaper_take_early(pid, &wait_status)) process_ended(process, wait_status);
}

bool process_signal(struct process *process, int signal) {
    if (process->pid > 0 && process->status != STATUS_STOPPED) return kill(process->pid, signal) == 0;
    errno = ESRCH;
    return false;
}

void process_describe_exit(const struct process *process, struct text *text) {
    text_number(text, "exitCode", process->exit.signal ? 128 + process->exit.signal : process->exit.code);
    text_number(text, "signal", process->exit.signal);
    text_boolean(text, "oomKilled", process->exit.out_of_memory);
}

static void answer_waiters(struct process *process) {
    while (process->waiters) {
        struct waiter *waiter = process->waiters;
        process->waiters = waiter->next;
        struct text body = {0};
        text_add(&body, "{");
        process_describe_exit(process, &body);
        text_format(&body, ",\"exitedAtNs\":\"%" PRId64 "\"}", process->exit.at_ns);
        reply_ok(&waiter->to, &body);
        free(waiter);
    }
}

static void send_exit_event(const struct process *process) {
    struct text event = {0};
    text_add(&event, "{\"type\":\"exit\"");
    text_string(&event, "container", process->container->id);
    if (*process->id) text_string(&event, "exec", process->id);
    process_describe_exit(process, &event);
    text_add(&event, "}");
    events_send(&event);
}

void process_ended(struct process *process, int wait_status) {
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    uint32_t signal = WIFSIGNALED(wait_status) ? (uint32_t)WTERMSIG(wait_status) : 0;
    process->exit = (struct exit){
        .code = WIFEXITED(wait_status) ? (uint32_t)WEXITSTATUS(wait_status) : 0,
        .signal = signal,
        .at_ns = (int64_t)now.tv_sec * 1000000000 + now.tv_nsec,
        .out_of_memory = signal == SIGKILL && cgroup_was_out_of_memory(process->container),
    };
    process->status = STATUS_STOPPED;
    process_close_theirs(process);
    send_exit_event(process);
    answer_waiters(process);
    /* Last: it may remove an exec. */
    stdio_finish(&process->stdio);
}

void process_reported(struct process *process) {
    if (*process->id) exec_remove(process);
}
