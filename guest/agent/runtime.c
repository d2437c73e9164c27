#include "runtime.h"

#include "cgroup.h"
#include "crun-program.h"
#include "files.h"
#include "mounts.h"
#include "reaper.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#define CRUN_STATE "/run/crun"

/** A run of crun that somebody waits for. */
struct run {
    char id[ID_SIZE];
    struct reply_to to;
    int console;
};

void bundle_path(const char *id, const char *name, char path[PATH_SIZE]) {
    snprintf(path, PATH_SIZE, "/run/berth/ctr/%s%s%s", id, *name ? "/" : "", name);
}

static pid_t spawn_crun(const char *const argv[], const int stdio[3]) {
    static const char *const environment[] = {"PATH=/usr/bin:/bin", NULL};
    const char *program = crun_program();
    pid_t pid = fork();
    if (pid != 0) return pid;
    reaper_reset_signals();
    for (int port = 0; port < 3; port++)
        if (stdio[port] >= 0) dup2(stdio[port], port);
    execve(program, (char *const *)(uintptr_t)argv, (char *const *)(uintptr_t)environment);
    _exit(127);
}

static void clear_log(const char *id, char path[PATH_SIZE]) {
    bundle_path(id, "runtime.log", path);
    unlink(path);
}

/** The last message of crun's log, one JSON object a line. */
static void last_message(const char *id, int wait_status, char *message, size_t size) {
    char path[PATH_SIZE], content[8192];
    snprintf(message, size, "crun failed without a message (%s %d)", WIFSIGNALED(wait_status) ? "signal" : "exit code",
             WIFSIGNALED(wait_status) ? WTERMSIG(wait_status) : WEXITSTATUS(wait_status));
    bundle_path(id, "runtime.log", path);
    if (!file_read(path, content, sizeof(content))) return;
    for (char *line = strtok(content, "\n"); line; line = strtok(NULL, "\n")) {
        struct json json;
        if (!json_parse(&json, line, strlen(line)))
            json_string(&json, json_get(&json, json_root(&json), "msg"), message, size);
        json_free(&json);
    }
}

static const char *error_code(const char *message) {
    bool of_command = strncmp(message, "executable file", 15) == 0 || strncmp(message, "open executable", 15) == 0 ||
                      strncmp(message, "exec", 4) == 0;
    if (of_command && (strstr(message, "not found") || strstr(message, "No such file"))) return "command-not-found";
    if (of_command && strstr(message, "ermission denied")) return "command-not-executable";
    return "runtime";
}

static struct run *new_run(const char *id, const struct reply_to *to) {
    struct run *run = calloc(1, sizeof(*run));
    if (!run) return NULL;
    strcpy(run->id, id);
    run->to = *to;
    run->console = -1;
    return run;
}

static int listen_for_console(const char *id, char path[PATH_SIZE]) {
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    /* Not in the bundle: ids may be longer than a socket's path. */
    snprintf(path, PATH_SIZE, "/run/berth/console-%.64s", id);
    strcpy(address.sun_path, path);
    unlink(path);
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0) return -1;
    if (bind(fd, (struct sockaddr *)&address, sizeof(address)) == 0 && listen(fd, 1) == 0) return fd;
    close(fd);
    return -1;
}

/** The terminal's master that crun has sent; -1 when there is none. */
static int receive_console(int listener) {
    int connection = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
    if (connection < 0) return -1;
    union {
        struct cmsghdr header;
        char space[CMSG_SPACE(sizeof(int))];
    } control;
    char name[256];
    struct iovec text = {name, sizeof(name)};
    struct msghdr message = {
        .msg_iov = &text, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof(control)};
    int fd = -1;
    if (recvmsg(connection, &message, MSG_CMSG_CLOEXEC | MSG_DONTWAIT) > 0 && message.msg_controllen > 0 &&
        control.header.cmsg_type == SCM_RIGHTS)
        memcpy(&fd, CMSG_DATA(&control.header), sizeof(fd));
    close(connection);
    return fd;
}

static void remove_failed(struct container *container) {
    char id[ID_SIZE];
    strcpy(id, container->id);
    cgroup_remove(container);
    container_remove(container);
    runtime_clean(id);
}

static bool take_console(struct container *container, struct run *run) {
    if (run->console < 0) return true;
    int master = receive_console(run->console);
    return master >= 0 && stdio_open_terminal(&container->init.stdio, master);
}

static void adopt(struct container *container, struct run *run) {
    char path[PATH_SIZE], content[32] = "";
    bundle_path(run->id, "pid", path);
    int pid = file_read(path, content, sizeof(content)) ? atoi(content) : 0;
    if (pid <= 1 || !cgroup_adopt(container, pid) || !take_console(container, run)) {
        reply_errno(&run->to, "taking over the container");
        remove_failed(container);
        return;
    }
    process_started(&container->init, pid, STATUS_CREATED);
    struct text body = {0};
    text_format(&body, "{\"pid\":%d}", pid);
    reply_ok(&run->to, &body);
}

static void created(void *context, int wait_status) {
    struct run *run = context;
    struct container *container = container_find(run->id);
    if (container && WIFEXITED(wait_status) && WEXITSTATUS(wait_status) == 0) {
        adopt(container, run);
    } else if (container) {
        char message[4000];
        last_message(run->id, wait_status, message, sizeof(message));
        reply_error(&run->to, error_code(message), "%s", message);
        remove_failed(container);
    }
    if (run->console >= 0) close(run->console);
    free(run);
}

void runtime_create(struct container *container, bool terminal, const struct reply_to *to) {
    char bundle[PATH_SIZE], pid_file[PATH_SIZE], log_path[PATH_SIZE], log[PATH_SIZE + 16], console[PATH_SIZE];
    const char *id = container->id;
    struct run *run = new_run(id, to);
    bool ready = run && (terminal ? (run->console = listen_for_console(id, console)) >= 0
                                  : stdio_open_pipes(&container->init.stdio, container->init.theirs));
    if (!ready) {
        reply_errno(to, "stdio");
        remove_failed(container);
        free(run);
        return;
    }
    bundle_path(id, "", bundle);
    bundle_path(id, "pid", pid_file);
    clear_log(id, log_path);
    snprintf(log, sizeof(log), "--log=%s", log_path);
    const char *argv[16] = {
        CRUN,         log,     "--log-format=json", "--cgroup-manager=cgroupfs", "create", "--bundle", bundle,
        "--pid-file", pid_file};
    int count = 9;
    if (terminal) argv[count++] = "--console-socket", argv[count++] = console;
    argv[count] = id;
    pid_t pid = spawn_crun(argv, container->init.theirs);
    process_close_theirs(&container->init);
    reaper_expect(pid, created, run);
}

bool runtime_start(struct container *container) {
    char fifo[PATH_SIZE];
    snprintf(fifo, sizeof(fifo), CRUN_STATE "/%s/exec.fifo", container->id);
    int fd = open(fifo, O_WRONLY | O_NONBLOCK | O_CLOEXEC);
    if (fd < 0) return false;
    /* Unlinked as `crun start` does: crun takes a container with a fifo for one not started. */
    unlink(fifo);
    bool written = write(fd, "", 1) == 1;
    close(fd);
    return written;
}

static void updated(void *context, int wait_status) {
    struct run *run = context;
    char message[4000];
    if (WIFEXITED(wait_status) && WEXITSTATUS(wait_status) == 0) {
        reply_ok(&run->to, NULL);
    } else {
        last_message(run->id, wait_status, message, sizeof(message));
        reply_error(&run->to, "runtime", "%s", message);
    }
    free(run);
}

void runtime_update(struct container *container, const char *resources, size_t length, const struct reply_to *to) {
    char file[PATH_SIZE], log_path[PATH_SIZE], log[PATH_SIZE + 16];
    struct run *run = new_run(container->id, to);
    bundle_path(container->id, "resources.json", file);
    if (!run || !file_replace(file, resources, length, 0600, 0, 0)) {
        reply_errno(to, "resources");
        free(run);
        return;
    }
    clear_log(container->id, log_path);
    snprintf(log, sizeof(log), "--log=%s", log_path);
    const char *argv[] = {
        CRUN,          log, "--log-format=json", "--cgroup-manager=cgroupfs", "update", "--resources", file,
        container->id, NULL};
    static const int none[3] = {-1, -1, -1};
    reaper_expect(spawn_crun(argv, none), updated, run);
}

void runtime_clean(const char *id) {
    char path[PATH_SIZE];
    bundle_path(id, "", path);
    unmount_below(path);
    remove_tree(path);
    snprintf(path, sizeof(path), CRUN_STATE "/%s", id);
    remove_tree(path);
    snprintf(path, sizeof(path), "/run/berth/console-%.64s", id);
    unlink(path);
}

int runtime_seccomp_filter(const struct container *container) {
    char path[PATH_SIZE];
    snprintf(path, sizeof(path), CRUN_STATE "/%s/seccomp.bpf", container->id);
    return open(path, O_RDONLY | O_CLOEXEC);
}
