#include "exit-status.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

static uint32_t shell_code(const struct exit_status *status) {
    return status->signal ? 128 + status->signal : status->code & 0xff;
}

static int describe(const struct exit_status *status, char *text, size_t size) {
    struct timespec now;
    struct tm date;
    char stamp[32];
    clock_gettime(CLOCK_REALTIME, &now);
    gmtime_r(&now.tv_sec, &date);
    strftime(stamp, sizeof(stamp), "%Y-%m-%dT%H:%M:%S", &date);
    return snprintf(text, size,
                    "{\"version\":1,\"exitCode\":%u,\"signal\":%u,\"oomKilled\":%s,\"reason\":\"%s\",\"finishedAt\":\"%"
                    "s.%09ldZ\"}\n",
                    shell_code(status), status->signal, status->out_of_memory ? "true" : "false",
                    status->lost ? "lost" : "exited", stamp, now.tv_nsec);
}

int exit_status_write(const struct exit_status *status, const char *path) {
    char aside[4096], text[512];
    int length = describe(status, text, sizeof(text));
    if (snprintf(aside, sizeof(aside), "%s.%d", path, (int)getpid()) >= (int)sizeof(aside)) {
        errno = ENAMETOOLONG;
        return -1;
    }
    int fd = open(aside, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd < 0) return -1;
    bool whole = write(fd, text, (size_t)length) == length;
    close(fd);
    if (whole && rename(aside, path) == 0) return 0;
    int error = whole ? errno : ENOSPC;
    unlink(aside);
    errno = error;
    return -1;
}

/** The guest names the signal: one that stops us instead, or does nothing, would keep a dead container alive. */
static bool ends_process(uint32_t number) {
    switch (number) {
    case 0:
    case SIGSTOP:
    case SIGTSTP:
    case SIGTTIN:
    case SIGTTOU:
    case SIGCONT:
    case SIGCHLD:
    case SIGURG:
    case SIGWINCH:
        return false;
    default:
        return number <= 64;
    }
}

_Noreturn void exit_status_assume(const struct exit_status *status) {
    if (!ends_process(status->signal)) _exit((int)shell_code(status));
    /* The core, if there was one, belongs to the guest. */
    struct rlimit none = {0, 0};
    setrlimit(RLIMIT_CORE, &none);
    prctl(PR_SET_DUMPABLE, 0);
    signal((int)status->signal, SIG_DFL);
    sigset_t all;
    sigfillset(&all);
    sigprocmask(SIG_BLOCK, &all, NULL);
    kill(getpid(), (int)status->signal);
    sigset_t only = all;
    sigdelset(&only, (int)status->signal);
    sigprocmask(SIG_SETMASK, &only, NULL);
    _exit((int)shell_code(status));
}
