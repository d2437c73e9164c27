#include "output.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

/**
 * The descriptor is shared with whoever started us, so O_NONBLOCK must not be set on it. A pipe can be opened once
 * more as a description of our own; where that is not allowed, and on terminals, writes of PIPE_BUF never block after
 * POLLOUT (pipe(7)). Files always take everything.
 */
void output_open(struct output *output, int fd) {
    *output = (struct output){.fd = fd, .piece = PIPE_BUF};
    struct stat status;
    if (fstat(fd, &status) < 0) return;
    if (S_ISREG(status.st_mode)) output->piece = 1024 * 1024;
    if (!S_ISFIFO(status.st_mode)) return;
    char path[32];
    snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
    int own = open(path, O_WRONLY | O_NONBLOCK | O_CLOEXEC);
    if (own < 0) return;
    if (dup3(own, fd, O_CLOEXEC) == fd) output->piece = 1024 * 1024;
    close(own);
}

bool output_add(struct output *output, const void *data, size_t size, size_t window) {
    /* One that ended, or never was, takes nothing: what can't be written would be waited for without end. */
    if (output->ended || output->piece == 0 || output->waiting.length + size > window) return false;
    if (output->broken) {
        output->delivered += size;
        return true;
    }
    return bytes_append(&output->waiting, data, size);
}

/** The reader sees the end now. /dev/null takes the place: the next file opened must not become our stdout. */
static void close_when_done(struct output *output) {
    if (!output->ended || output->waiting.length > 0 || output->piece == 0) return;
    int null = open("/dev/null", O_WRONLY | O_CLOEXEC);
    dup2(null, output->fd);
    close(null);
    output->piece = 0;
}

void output_end(struct output *output) {
    output->ended = true;
    close_when_done(output);
}

bool output_write(struct output *output) {
    size_t size = output->waiting.length < output->piece ? output->waiting.length : output->piece;
    ssize_t written = write(output->fd, bytes_front(&output->waiting), size);
    if (written < 0 && (errno == EAGAIN || errno == EINTR)) return true;
    if (written < 0) {
        bytes_consume(&output->waiting, output->waiting.length);
        output->broken = true;
        close_when_done(output);
        return false;
    }
    bytes_consume(&output->waiting, (size_t)written);
    output->delivered += (size_t)written;
    close_when_done(output);
    return true;
}
