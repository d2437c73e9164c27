/* Role `sandbox`: one per VM, between the clients and the channel. */
#include "complain.h"
#include "console.h"
#include "relay.h"
#include "session.h"
#include "unix-socket.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <unistd.h>

struct sandbox {
    const struct sandbox_options *options;
    struct watch signals;
    struct watch channel_listener;
    struct watch client_listener;
    struct watch console_listener;
    struct timer connect_timeout;
    struct console console;
    struct session session;
};

static bool listen_all(struct sandbox *sandbox, int sockets[3]);
static int go_to_background(void);
static void serve(struct sandbox *sandbox, const int sockets[3]);

int sandbox_main(const struct sandbox_options *options) {
    /* Static: its tables are too large for a stack, and untouched pages cost nothing. */
    static struct sandbox sandbox;
    sandbox.options = options;
    int sockets[3] = {-1, -1, -1};
    if (!listen_all(&sandbox, sockets)) return 1;
    if (!options->foreground) {
        int pid = go_to_background();
        if (pid != 0) return pid < 0;
    } else {
        printf("%d\n", (int)getpid());
        fflush(stdout);
    }
    serve(&sandbox, sockets);
    unlink(options->listen);
    unlink(options->channel);
    if (options->console) unlink(options->console);
    if (!sandbox.session.reason) return 0;
    complain("%s", sandbox.session.reason);
    return 1;
}

static bool listen_all(struct sandbox *sandbox, int sockets[3]) {
    const struct sandbox_options *options = sandbox->options;
    const char *paths[3] = {options->channel, options->listen, options->console};
    for (int i = 0; i < 3; i++) {
        if (!paths[i]) continue;
        sockets[i] = unix_listen(paths[i]);
        if (sockets[i] >= 0) continue;
        complain("cannot listen on %s: %s", paths[i], strerror(errno));
        while (--i >= 0)
            unlink(paths[i]);
        return false;
    }
    if (!options->console || console_open(&sandbox->console, options->console_log, options->console_bytes)) return true;
    complain("cannot write %s: %s", options->console_log, strerror(errno));
    return false;
}

/** In the parent: the child's pid, printed; in the child 0. */
static int go_to_background(void) {
    pid_t pid = fork();
    if (pid < 0) {
        complain("fork: %s", strerror(errno));
        return -1;
    }
    if (pid > 0) {
        printf("%d\n", (int)pid);
        return pid;
    }
    setsid();
    /* It stays in its directory: whoever removes the sandbox finds it there, also when nobody wrote down its pid. */
    /* Whoever started us must see the end of our output pipes. */
    int null = open("/dev/null", O_RDWR | O_CLOEXEC);
    for (int fd = 0; fd < 3; fd++)
        dup2(null, fd);
    return 0;
}

static void stop_on_signal(struct watch *watch, uint32_t events) {
    (void)events;
    struct sandbox *sandbox = watch->owner;
    session_end(&sandbox->session, NULL);
}

static void stop_unconnected(struct timer *timer) {
    struct sandbox *sandbox = timer->owner;
    session_end(&sandbox->session, "the hypervisor did not connect in time");
}

static int accept_from(struct watch *listener) {
    return accept4(listener->fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
}

static void stop_listening(struct watch *listener, const char *path) {
    watch_remove(listener);
    close(listener->fd);
    unlink(path);
}

static void accept_channel(struct watch *watch, uint32_t events) {
    (void)events;
    struct sandbox *sandbox = watch->owner;
    int fd = accept_from(watch);
    if (fd < 0) return;
    stop_listening(watch, sandbox->options->channel);
    timer_cancel(&sandbox->connect_timeout);
    session_begin(&sandbox->session, fd);
}

static void accept_client(struct watch *watch, uint32_t events) {
    (void)events;
    struct sandbox *sandbox = watch->owner;
    int fd = accept_from(watch);
    if (fd >= 0) session_accept(&sandbox->session, fd);
}

static void accept_console(struct watch *watch, uint32_t events) {
    (void)events;
    struct sandbox *sandbox = watch->owner;
    int fd = accept_from(watch);
    if (fd < 0) return;
    stop_listening(watch, sandbox->options->console);
    console_attach(&sandbox->console, fd);
}

static void serve(struct sandbox *sandbox, const int sockets[3]) {
    sigset_t stopping;
    sigemptyset(&stopping);
    sigaddset(&stopping, SIGTERM);
    sigaddset(&stopping, SIGINT);
    sigprocmask(SIG_BLOCK, &stopping, NULL);
    signal(SIGPIPE, SIG_IGN);

    loop_open();
    watch_add(&sandbox->signals, signalfd(-1, &stopping, SFD_CLOEXEC), EPOLLIN, stop_on_signal, sandbox);
    watch_add(&sandbox->channel_listener, sockets[0], EPOLLIN, accept_channel, sandbox);
    watch_add(&sandbox->client_listener, sockets[1], EPOLLIN, accept_client, sandbox);
    if (sockets[2] >= 0) watch_add(&sandbox->console_listener, sockets[2], EPOLLIN, accept_console, sandbox);
    sandbox->connect_timeout = (struct timer){.due = stop_unconnected, .owner = sandbox};
    timer_set(&sandbox->connect_timeout, (uint64_t)sandbox->options->connect_timeout_ms);
    loop_run(&sandbox->session.over);
}
