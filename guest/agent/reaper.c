#include "reaper.h"

#include "../common/loop.h"
#include "process.h"
#include "trouble.h"

#include <signal.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

enum { EARLY = 64 };

struct helper {
    pid_t pid;
    helper_ended *ended;
    void *context;
    struct helper *next;
};

static struct helper *helpers;
static struct watch watch;
/** The last ends of processes that nobody had claimed: an init may end before its runtime told us its pid. */
static struct {
    pid_t pid;
    int wait_status;
} early[EARLY];
static unsigned early_next;

static void child_ended(struct watch *ready, uint32_t events);

void reaper_open(void) {
    sigset_t child;
    sigemptyset(&child);
    sigaddset(&child, SIGCHLD);
    sigprocmask(SIG_BLOCK, &child, NULL);
    signal(SIGPIPE, SIG_IGN);
    int fd = signalfd(-1, &child, SFD_CLOEXEC | SFD_NONBLOCK);
    if (fd < 0 || !watch_add(&watch, fd, EPOLLIN, child_ended, NULL)) give_up("cannot watch for ended processes");
}

void reaper_reset_signals(void) {
    sigset_t none;
    sigemptyset(&none);
    for (int number = 1; number <= 64; number++)
        signal(number, SIG_DFL);
    sigprocmask(SIG_SETMASK, &none, NULL);
}

void reaper_expect(pid_t pid, helper_ended *ended, void *context) {
    struct helper *helper = malloc(sizeof(*helper));
    if (!helper) give_up("out of memory");
    *helper = (struct helper){.pid = pid, .ended = ended, .context = context, .next = helpers};
    helpers = helper;
}

void reaper_forget(const void *context) {
    for (struct helper **place = &helpers; *place;) {
        struct helper *helper = *place;
        if (helper->context != context) {
            place = &helper->next;
            continue;
        }
        *place = helper->next;
        free(helper);
    }
}

bool reaper_take_early(pid_t pid, int *wait_status) {
    for (unsigned i = 0; i < EARLY; i++) {
        if (early[i].pid != pid) continue;
        early[i].pid = 0;
        *wait_status = early[i].wait_status;
        return true;
    }
    return false;
}

static bool tell_helper(pid_t pid, int wait_status) {
    for (struct helper **place = &helpers; *place; place = &(*place)->next) {
        struct helper *helper = *place;
        if (helper->pid != pid) continue;
        *place = helper->next;
        helper->ended(helper->context, wait_status);
        free(helper);
        return true;
    }
    return false;
}

static void child_ended(struct watch *ready, uint32_t events) {
    (void)events;
    struct signalfd_siginfo info;
    while (read(ready->fd, &info, sizeof(info)) > 0)
        continue;
    int wait_status;
    for (pid_t pid; (pid = waitpid(-1, &wait_status, WNOHANG)) > 0;) {
        if (tell_helper(pid, wait_status)) continue;
        struct process *process = process_of_pid(pid);
        if (process && process->status != STATUS_STOPPED) {
            process_ended(process, wait_status);
            continue;
        }
        early[early_next].pid = pid;
        early[early_next].wait_status = wait_status;
        early_next = (early_next + 1) % EARLY;
    }
}
