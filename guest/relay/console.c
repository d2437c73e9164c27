#include "console.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/epoll.h>
#include <unistd.h>

enum { LOG_FLAGS = O_WRONLY | O_CREAT | O_TRUNC | O_APPEND | O_CLOEXEC | O_NOFOLLOW };

static void console_ready(struct watch *watch, uint32_t events);

bool console_open(struct console *console, const char *log_path, long limit) {
    *console = (struct console){.log_path = log_path, .limit = limit};
    console->log_fd = open(log_path, LOG_FLAGS, 0600);
    return console->log_fd >= 0;
}

void console_attach(struct console *console, int fd) {
    if (!watch_add(&console->watch, fd, EPOLLIN, console_ready, console)) close(fd);
}

/** The guest decides how much it prints; two files of the limit are all it gets. */
static void rotate(struct console *console) {
    char old[4096];
    if (snprintf(old, sizeof(old), "%s.old", console->log_path) >= (int)sizeof(old)) return;
    rename(console->log_path, old);
    int fd = open(console->log_path, LOG_FLAGS, 0600);
    if (fd < 0) return;
    close(console->log_fd);
    console->log_fd = fd;
    console->written = 0;
}

static void console_ready(struct watch *watch, uint32_t events) {
    (void)events;
    struct console *console = watch->owner;
    char text[4096];
    ssize_t got = read(watch->fd, text, sizeof(text));
    if (got < 0 && (errno == EAGAIN || errno == EINTR)) return;
    if (got <= 0) {
        watch_remove(watch);
        close(watch->fd);
        return;
    }
    if (console->written + got > console->limit) rotate(console);
    /* A full disk costs the log its end, nothing else. */
    if (write(console->log_fd, text, (size_t)got) == got) console->written += got;
}
