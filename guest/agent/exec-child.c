/*
 * A forked copy of the agent (the joiner) enters the container's cgroup and namespaces and forks once more, because a
 * pid namespace counts only for children (setns(2)). That grandchild becomes the command; the joiner reports its pid
 * and exits, so that the grandchild is the agent's to wait for.
 */
#include "exec-child.h"

#include "files.h"
#include "reaper.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/capability.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <unistd.h>

enum { NAMESPACES = CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWNET | CLONE_NEWCGROUP };

static _Noreturn void fail(const struct exec_child *child, const char *what) {
    struct exec_message message = {.kind = EXEC_FAILED, .error = errno};
    snprintf(message.what, sizeof(message.what), "%s", what);
    send(child->agent, &message, sizeof(message), MSG_NOSIGNAL);
    _exit(message.error == ENOENT ? 127 : 126);
}

static void require(const struct exec_child *child, bool done, const char *what) {
    if (!done) fail(child, what);
}

static void send_terminal(const struct exec_child *child, int master) {
    struct exec_message message = {.kind = EXEC_TERMINAL};
    union {
        struct cmsghdr header;
        char space[CMSG_SPACE(sizeof(int))];
    } control = {0};
    struct iovec body = {&message, sizeof(message)};
    struct msghdr packet = {
        .msg_iov = &body, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof(control)};
    control.header.cmsg_level = SOL_SOCKET;
    control.header.cmsg_type = SCM_RIGHTS;
    control.header.cmsg_len = CMSG_LEN(sizeof(int));
    memcpy(CMSG_DATA(&control.header), &master, sizeof(master));
    require(child, sendmsg(child->agent, &packet, MSG_NOSIGNAL) > 0, "sending the terminal");
}

/** A terminal of the container's own devpts. What lies at /dev/ptmx is the container's choice, so it is checked. */
static void open_terminal(struct exec_child *child) {
    int master = open("/dev/ptmx", O_RDWR | O_NOCTTY | O_CLOEXEC);
    struct stat status;
    require(child, master >= 0 && fstat(master, &status) == 0, "/dev/ptmx");
    errno = ENODEV;
    require(child, S_ISCHR(status.st_mode) && status.st_rdev == makedev(5, 2), "/dev/ptmx is no terminal multiplexer");
    int unlock = 0;
    require(child, ioctl(master, TIOCSPTLCK, &unlock) == 0, "unlocking the terminal");
    int slave = ioctl(master, TIOCGPTPEER, O_RDWR | O_NOCTTY | O_CLOEXEC);
    require(child, slave >= 0, "opening the terminal");
    fchown(slave, child->spec->uid, (gid_t)-1);
    send_terminal(child, master);
    close(master);
    for (int port = 0; port < 3; port++)
        child->stdio[port] = slave;
}

static void take_stdio(const struct exec_child *child) {
    setsid();
    if (child->terminal) require(child, ioctl(child->stdio[0], TIOCSCTTY, 0) == 0, "controlling terminal");
    /* Above 2 first: one of them may be a number that another is to get. */
    int copies[3];
    for (int port = 0; port < 3; port++)
        copies[port] = fcntl(child->stdio[port], F_DUPFD_CLOEXEC, 3);
    for (int port = 0; port < 3; port++)
        require(child, dup2(copies[port], port) == port, "stdio");
}

/** Lifts hard limits that the command's are above: only root of the guest may, not root of a container's user namespace. */
static void make_room_for_limits(const struct exec_child *child) {
    for (int i = 0; i < RLIMITS; i++) {
        struct rlimit now;
        rlim_t wanted = child->spec->limits[i].rlim_max;
        if (!child->spec->has_limit[i] || getrlimit(i, &now) < 0 || now.rlim_max >= wanted) continue;
        now.rlim_max = wanted;
        require(child, setrlimit(i, &now) == 0, "raising a limit");
    }
}

static void set_limits(const struct exec_child *child) {
    for (int i = 0; i < RLIMITS; i++)
        if (child->spec->has_limit[i]) require(child, setrlimit(i, &child->spec->limits[i]) == 0, "setting a limit");
}

/** Loads the filter that the OCI runtime compiled for the container's init. See seccomp(2). */
static void load_seccomp(const struct exec_child *child) {
    if (child->seccomp < 0) return;
    struct stat status;
    require(child, fstat(child->seccomp, &status) == 0 && status.st_size > 0, "the seccomp filter");
    size_t size = (size_t)status.st_size;
    struct sock_filter *filter = malloc(size);
    require(child, filter && pread(child->seccomp, filter, size, 0) == (ssize_t)size, "reading the seccomp filter");
    struct sock_fprog program = {.len = (unsigned short)(size / sizeof(*filter)), .filter = filter};
    require(child, syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &program) == 0, "loading the seccomp filter");
    free(filter);
}

static void drop_bounding(const struct exec_child *child) {
    for (int capability = 0; prctl(PR_CAPBSET_READ, capability) >= 0; capability++) {
        if (child->spec->bounding >> capability & 1) continue;
        require(child, prctl(PR_CAPBSET_DROP, capability) == 0, "dropping a capability");
    }
}

static void set_capabilities(const struct exec_child *child) {
    const struct exec_spec *spec = child->spec;
    struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
    struct __user_cap_data_struct data[2];
    for (int i = 0; i < 2; i++) {
        data[i].effective = (uint32_t)(spec->effective >> 32 * i);
        data[i].permitted = (uint32_t)(spec->permitted >> 32 * i);
        data[i].inheritable = (uint32_t)(spec->inheritable >> 32 * i);
    }
    require(child, syscall(SYS_capset, &header, data) == 0, "setting capabilities");
    for (int capability = 0; capability < 64; capability++) {
        if (!(spec->ambient >> capability & 1)) continue;
        require(child, prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, capability, 0, 0) == 0, "raising a capability");
    }
}

static void become_user(const struct exec_child *child) {
    const struct exec_spec *spec = child->spec;
    if (spec->has_capabilities) drop_bounding(child);
    require(child, prctl(PR_SET_KEEPCAPS, 1) == 0, "keeping capabilities");
    require(child, syscall(SYS_setgroups, spec->group_count, spec->groups) == 0, "setgroups");
    require(child, syscall(SYS_setresgid, spec->gid, spec->gid, spec->gid) == 0, "setgid");
    require(child, syscall(SYS_setresuid, spec->uid, spec->uid, spec->uid) == 0, "setuid");
    if (spec->has_capabilities) set_capabilities(child);
    prctl(PR_SET_KEEPCAPS, 0);
}

static const char *variable(char **env, const char *name) {
    size_t length = strlen(name);
    for (; *env; env++)
        if (strncmp(*env, name, length) == 0 && (*env)[length] == '=') return *env + length + 1;
    return NULL;
}

/** The home directory in the container's passwd(5); `/` when it lists none. */
static void find_home(uid_t uid, char *home, size_t size) {
    snprintf(home, size, "HOME=/");
    FILE *passwd = fopen("/etc/passwd", "re");
    char line[1024];
    while (passwd && fgets(line, sizeof(line), passwd)) {
        unsigned found;
        char directory[512];
        if (sscanf(line, "%*[^:]:%*[^:]:%u:%*u:%*[^:]:%511[^:\n]", &found, directory) != 2 &&
            sscanf(line, "%*[^:]:%*[^:]:%u:%*u::%511[^:\n]", &found, directory) != 2)
            continue;
        if (found != uid) continue;
        snprintf(home, size, "HOME=%s", directory);
        break;
    }
    if (passwd) fclose(passwd);
}

static char **environment_with_home(const struct exec_spec *spec) {
    static char home[600];
    if (variable(spec->env, "HOME")) return spec->env;
    find_home(spec->uid, home, sizeof(home));
    size_t count = 0;
    while (spec->env[count])
        count++;
    char **env = calloc(count + 2, sizeof(*env));
    if (!env) return spec->env;
    memcpy(env, spec->env, count * sizeof(*env));
    env[count] = home;
    return env;
}

/** Tries PATH as execvp(3) does, but the PATH of the new environment. Returns only on failure, with errno. */
static void run_command(char **args, char **env) {
    if (strchr(args[0], '/')) {
        execve(args[0], args, env);
        return;
    }
    const char *path = variable(env, "PATH");
    if (!path) path = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
    int error = ENOENT;
    for (const char *at = path;; at++) {
        size_t length = strcspn(at, ":");
        char file[4096];
        const char *directory = length > 0 ? at : ".";
        if (snprintf(file, sizeof(file), "%.*s/%s", length > 0 ? (int)length : 1, directory, args[0]) <
            (int)sizeof(file))
            execve(file, args, env);
        if (errno != ENOENT && errno != ENOTDIR) error = errno;
        at += length;
        if (!*at) break;
    }
    errno = error;
}

static _Noreturn void become_command(struct exec_child *child) {
    const struct exec_spec *spec = child->spec;
    take_stdio(child);
    set_limits(child);
    umask(spec->umask);
    char **env = environment_with_home(spec);
    if (spec->no_new_privileges) require(child, prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0, "no_new_privs");
    /* Without no_new_privs loading a filter takes CAP_SYS_ADMIN, which is gone afterwards; with it, the later the
     * better: the filter need not allow what is done here. */
    if (!spec->no_new_privileges) load_seccomp(child);
    become_user(child);
    require(child, chdir(spec->cwd) == 0, "working directory");
    if (spec->no_new_privileges) load_seccomp(child);
    reaper_reset_signals();
    run_command(spec->args, env);
    fail(child, "exec");
}

_Noreturn void exec_child_main(const struct exec_child *given) {
    struct exec_child own = *given, *child = &own;
    char score[16];
    /* Until the command replaces us: the container must not reach the agent's memory through its own /proc. */
    prctl(PR_SET_DUMPABLE, 0);
    if (child->spec->has_oom_score_adjust) {
        /* Here, where /proc is the agent's: the container may have none. */
        snprintf(score, sizeof(score), "%d", child->spec->oom_score_adjust);
        require(child, file_put("/proc/self/oom_score_adj", score), "oom_score_adj");
    }
    make_room_for_limits(child);
    require(child, write(child->cgroup, "0", 1) == 1, "joining the cgroup");
    int namespaces = NAMESPACES | (child->join_user_namespace ? CLONE_NEWUSER : 0);
    require(child, setns(child->pidfd, namespaces) == 0, "joining namespaces");
    if (child->join_user_namespace) require(child, setresuid(0, 0, 0) == 0, "becoming root of the user namespace");
    if (child->terminal) open_terminal(child);
    pid_t pid = fork();
    require(child, pid >= 0, "fork");
    if (pid == 0) become_command(child);
    struct exec_message message = {.kind = EXEC_PID, .pid = pid};
    send(child->agent, &message, sizeof(message), MSG_NOSIGNAL);
    _exit(0);
}
