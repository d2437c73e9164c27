#include "exec.h"

#include "../common/loop.h"
#include "exec-child.h"
#include "reaper.h"
#include "runtime.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

/** An exec between its fork and its program. */
struct starting {
    struct process *process;
    struct reply_to to;
    struct watch watch;
    pid_t pid;
    bool failed;
    struct starting *next;
};

static struct starting *all;

static void child_said(struct watch *watch, uint32_t events);

/** Opened fresh each time: the container may have moved its init into a cgroup below its own. */
static int open_cgroup(pid_t pid) {
    char path[PATH_SIZE], content[2048] = "";
    snprintf(path, sizeof(path), "/proc/%d/cgroup", (int)pid);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) return -1;
    ssize_t got = read(fd, content, sizeof(content) - 1);
    close(fd);
    char *place = got > 0 ? strstr(content, "0::") : NULL;
    errno = ENOENT;
    if (!place) return -1;
    place[strcspn(place, "\n")] = '\0';
    snprintf(path, sizeof(path), "/sys/fs/cgroup%s/cgroup.procs", place + 3);
    return open(path, O_WRONLY | O_CLOEXEC);
}

static bool other_user_namespace(pid_t pid) {
    char path[64];
    struct stat theirs, ours;
    snprintf(path, sizeof(path), "/proc/%d/ns/user", (int)pid);
    return stat(path, &theirs) == 0 && stat("/proc/self/ns/user", &ours) == 0 && theirs.st_ino != ours.st_ino;
}

/** Whether the container's spec asks for a filter: then running without one would let an exec do more than its init. */
static bool wants_seccomp(const struct container *container) {
    char path[PATH_SIZE];
    bundle_path(container->id, "config.json", path);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    struct stat status;
    if (fd < 0 || fstat(fd, &status) < 0) return false;
    char *text = malloc((size_t)status.st_size + 1);
    ssize_t got = text ? read(fd, text, (size_t)status.st_size) : -1;
    close(fd);
    struct json json = {0};
    bool wanted = got > 0 && !json_parse(&json, text, (size_t)got) &&
                  json_get(&json, json_get(&json, json_root(&json), "linux"), "seccomp");
    json_free(&json);
    free(text);
    return wanted;
}

static bool prepare(struct process *process, struct exec_child *child) {
    struct container *container = process->container;
    pid_t init = container->init.pid;
    child->pidfd = (int)syscall(SYS_pidfd_open, init, 0);
    child->cgroup = open_cgroup(init);
    child->seccomp = runtime_seccomp_filter(container);
    child->join_user_namespace = other_user_namespace(init);
    child->terminal = process->stdio.terminal;
    memcpy(child->stdio, process->theirs, sizeof(child->stdio));
    if (child->pidfd < 0 || child->cgroup < 0) return false;
    errno = EACCES;
    return child->seccomp >= 0 || !wants_seccomp(container);
}

static void release(struct exec_child *child) {
    if (child->pidfd >= 0) close(child->pidfd);
    if (child->cgroup >= 0) close(child->cgroup);
    if (child->seccomp >= 0) close(child->seccomp);
}

static enum outcome launch(struct process *process, struct exec_child *child, const struct reply_to *to) {
    int ends[2];
    struct starting *starting = calloc(1, sizeof(*starting));
    if (!starting || !prepare(process, child) || socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) < 0) {
        free(starting);
        return reply_errno(to, "joining the container");
    }
    child->agent = ends[1];
    pid_t pid = fork();
    if (pid == 0) exec_child_main(child);
    close(ends[1]);
    *starting = (struct starting){.process = process, .to = *to, .next = all};
    all = starting;
    watch_add(&starting->watch, ends[0], EPOLLIN, child_said, starting);
    /* Only so that its end is nobody else's. */
    process->status = STATUS_CREATING;
    return OP_DONE;
}

void exec_start(struct process *process, const struct reply_to *to) {
    struct exec_spec spec;
    struct exec_child child = {.spec = &spec, .pidfd = -1, .cgroup = -1, .seccomp = -1};
    const char *fault = exec_spec_parse(&spec, process->spec, process->spec_length);
    if (fault)
        reply_error(to, "bad-request", "%s", fault);
    else
        launch(process, &child, to);
    release(&child);
    exec_spec_free(&spec);
}

static void forget(struct starting *starting) {
    struct starting **place = &all;
    while (*place != starting)
        place = &(*place)->next;
    *place = starting->next;
    int fd = starting->watch.fd;
    watch_remove(&starting->watch);
    close(fd);
    free(starting);
}

void exec_cancel(const struct process *process) {
    for (struct starting *starting = all; starting; starting = starting->next) {
        if (starting->process != process) continue;
        if (starting->pid > 0) kill(starting->pid, SIGKILL);
        reply_error(&starting->to, "not-running", "it was deleted");
        forget(starting);
        return;
    }
}

static ssize_t receive(int socket, struct exec_message *message, int *fd) {
    union {
        struct cmsghdr header;
        char space[CMSG_SPACE(sizeof(int))];
    } control;
    struct iovec body = {message, sizeof(*message)};
    struct msghdr packet = {
        .msg_iov = &body, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof(control)};
    ssize_t got = recvmsg(socket, &packet, MSG_CMSG_CLOEXEC | MSG_DONTWAIT);
    *fd = -1;
    if (got > 0 && packet.msg_controllen >= CMSG_LEN(sizeof(int)) && control.header.cmsg_type == SCM_RIGHTS)
        memcpy(fd, CMSG_DATA(&control.header), sizeof(*fd));
    return got;
}

static void answer_failure(const struct reply_to *to, const struct exec_message *message, const char *command) {
    bool of_command = strcmp(message->what, "exec") == 0;
    bool missing = message->error == ENOENT || message->error == ENOTDIR;
    if (of_command && missing && !strchr(command, '/'))
        reply_error(to, "command-not-found", "exec: \"%s\": executable file not found in $PATH", command);
    else if (of_command)
        reply_error(to, missing ? "command-not-found" : "command-not-executable", "exec: \"%s\": %s", command,
                    strerror(message->error));
    else
        reply_error(to, "system", "%s: %s", message->what, strerror(message->error));
}

static void report_failure(struct starting *starting, const struct exec_message *message) {
    struct process *process = starting->process;
    struct exec_spec spec;
    const char *fault = exec_spec_parse(&spec, process->spec, process->spec_length);
    answer_failure(&starting->to, message, fault ? "?" : spec.args[0]);
    exec_spec_free(&spec);
    starting->failed = true;
}

/** The child closed its end: its program runs, or it has failed and said so. */
static void finish(struct starting *starting) {
    struct process *process = starting->process;
    struct reply_to to = starting->to;
    pid_t pid = starting->pid;
    bool failed = starting->failed;
    forget(starting);
    if (pid > 0 && !failed) {
        struct text body = {0};
        text_format(&body, "{\"pid\":%d}", (int)pid);
        reply_ok(&to, &body);
    } else if (!failed) {
        reply_error(&to, "system", "the process ended while joining the container");
    }
    if (pid > 0)
        process_started(process, pid, STATUS_RUNNING);
    else
        process_ended(process, 127 << 8);
}

static void child_said(struct watch *watch, uint32_t events) {
    (void)events;
    struct starting *starting = watch->owner;
    struct exec_message message;
    int fd;
    ssize_t got = receive(watch->fd, &message, &fd);
    if (got < 0 && (errno == EAGAIN || errno == EINTR)) return;
    if (got != sizeof(message)) {
        finish(starting);
        return;
    }
    if (message.kind == EXEC_PID) starting->pid = message.pid;
    if (message.kind == EXEC_FAILED) report_failure(starting, &message);
    if (message.kind != EXEC_TERMINAL) return;
    if (fd < 0 || !stdio_open_terminal(&starting->process->stdio, fd)) {
        if (fd >= 0) close(fd);
        starting->failed = true;
        reply_error(&starting->to, "system", "no terminal");
    }
}
