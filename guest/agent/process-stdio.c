#include "process-stdio.h"

#include "channel.h"
#include "process.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <unistd.h>

enum {
    INPUT_WINDOW = 256 * 1024,
    GRANT_AT = 64 * 1024,
    /* With its header one write of the virtio port, which takes 32 KiB at once. */
    CHUNK = 32 * 1024 - FRAME_HEADER,
    PIPE_SIZE = 256 * 1024,
};

static void update(struct stdio *stdio);
static void pump_input(struct stdio *stdio);

void stdio_init(struct stdio *stdio, struct process *process) {
    *stdio = (struct stdio){.process = process, .fds = {-1, -1, -1}};
}

static bool set_nonblocking(int fd) {
    return fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK) == 0;
}

bool stdio_open_pipes(struct stdio *stdio, int theirs[3]) {
    for (int port = 0; port < 3; port++)
        theirs[port] = -1;
    for (int port = 0; port < 3; port++) {
        int ends[2];
        if (pipe2(ends, O_CLOEXEC) < 0) break;
        int ours = port == 0 ? 1 : 0;
        stdio->fds[port] = ends[ours];
        theirs[port] = ends[!ours];
        set_nonblocking(ends[ours]);
        if (port > 0) fcntl(ends[0], F_SETPIPE_SZ, PIPE_SIZE);
    }
    if (theirs[2] >= 0) return true;
    for (int port = 0; port < 3; port++)
        if (theirs[port] >= 0) close(theirs[port]);
    stdio_close(stdio);
    return false;
}

bool stdio_open_terminal(struct stdio *stdio, int master) {
    int copy = fcntl(master, F_DUPFD_CLOEXEC, 3);
    if (copy < 0 || !set_nonblocking(master)) return false;
    stdio->terminal = true;
    stdio->fds[0] = copy;
    stdio->fds[1] = master;
    stdio->output_ended[2] = true;
    if (stdio->size.ws_row > 0) ioctl(master, TIOCSWINSZ, &stdio->size);
    if (stdio->input.length > 0) pump_input(stdio);
    update(stdio);
    return true;
}

void stdio_set_size(struct stdio *stdio, uint16_t rows, uint16_t columns, uint16_t x, uint16_t y) {
    stdio->size = (struct winsize){.ws_row = rows, .ws_col = columns, .ws_xpixel = x, .ws_ypixel = y};
    if (stdio->terminal && stdio->fds[1] >= 0) ioctl(stdio->fds[1], TIOCSWINSZ, &stdio->size);
}

static void send_plain(const struct stdio *stdio, uint8_t type, uint8_t port, uint32_t serial) {
    struct frame_header header = {.type = type, .port = port, .channel = stdio->channel, .serial = serial};
    if (stdio->channel) channel_send(&header, NULL);
}

static void close_port(struct stdio *stdio, int port) {
    if (stdio->fds[port] < 0) return;
    watch_remove(&stdio->watches[port]);
    close(stdio->fds[port]);
    stdio->fds[port] = -1;
}

static void end_output(struct stdio *stdio, uint8_t port) {
    close_port(stdio, port);
    stdio->output_ended[port] = true;
    send_plain(stdio, FRAME_EOF, port, 0);
}

/** Reads once. What "nothing there" means depends: before the process's end, wait; after it, that was all. */
static void pump_output(struct stdio *stdio, uint8_t port) {
    size_t most = stdio->credit[port] < CHUNK ? stdio->credit[port] : CHUNK;
    ssize_t got = channel_send_from(stdio->fds[port], stdio->channel, port, most);
    if (got > 0) {
        stdio->credit[port] -= (uint32_t)got;
        return;
    }
    if (got < 0 && errno == EINTR) return;
    bool empty = got < 0 && errno == EAGAIN;
    /* EIO: nobody has the terminal open. While the process lives it may open it again, so only its end counts. */
    bool hung_up = got < 0 && errno == EIO && stdio->terminal && !stdio->finishing;
    if (hung_up)
        watch_remove(&stdio->watches[port]);
    else if (!empty || stdio->finishing)
        end_output(stdio, port);
}

static void send_exit(struct stdio *stdio) {
    struct process *process = stdio->process;
    unsigned char payload[12];
    put_u32(payload, process->exit.code);
    put_u32(payload + 4, process->exit.signal);
    put_u32(payload + 8, process->exit.out_of_memory ? 1 : 0);
    struct frame_header header = {.type = FRAME_EXIT, .channel = stdio->channel, .length = sizeof(payload)};
    channel_send(&header, payload);
    send_plain(stdio, FRAME_CLOSE, 0, 0);
    stdio->channel = 0;
    stdio->finished = true;
    stdio_close(stdio);
}

static void output_ready(struct watch *watch, uint32_t events) {
    (void)events;
    struct stdio *stdio = watch->owner;
    pump_output(stdio, (uint8_t)(watch - stdio->watches));
    update(stdio);
}

/** Gives back credit for what the process has taken, in steps that are worth a frame. */
static void grant_input(struct stdio *stdio) {
    uint32_t held = stdio->input_granted + (uint32_t)stdio->input.length;
    if (stdio->input_ended || held + GRANT_AT > INPUT_WINDOW) return;
    uint32_t more = INPUT_WINDOW - held;
    stdio->input_granted += more;
    send_plain(stdio, FRAME_CREDIT, 0, more);
}

static void refuse_input(struct stdio *stdio) {
    bytes_free(&stdio->input);
    stdio->input_ended = true;
    send_plain(stdio, FRAME_EOF, 0, 0);
}

static void pump_input(struct stdio *stdio) {
    if (bytes_write(&stdio->input, stdio->fds[0]) < 0) refuse_input(stdio);
    /* The end of a terminal's input is not a closed descriptor but what its line discipline makes of ^D. */
    if (stdio->input.length == 0 && stdio->input_ended && !stdio->terminal) close_port(stdio, 0);
    if (stdio->channel) grant_input(stdio);
}

static void input_ready(struct watch *watch, uint32_t events) {
    struct stdio *stdio = watch->owner;
    if (events & EPOLLERR) refuse_input(stdio);
    pump_input(stdio);
    update(stdio);
}

static void set_watch(struct stdio *stdio, int port, bool wanted, uint32_t events, watch_handler *handler) {
    struct watch *watch = &stdio->watches[port];
    /* Removed rather than changed to no events: epoll always reports EPOLLHUP, without pause. */
    if (!wanted)
        watch_remove(watch);
    else if (!watch->ready)
        watch_add(watch, stdio->fds[port], events, handler, stdio);
}

static bool can_send(const struct stdio *stdio, int port) {
    return stdio->channel && !channel_congested() && stdio->fds[port] >= 0 && stdio->credit[port] > 0;
}

/** Watches what can make progress; sends EXIT when everything is out. May free the process. */
static void update(struct stdio *stdio) {
    if (stdio->finished) return;
    for (uint8_t port = 1; port < 3; port++) {
        while (stdio->finishing && can_send(stdio, port))
            pump_output(stdio, port);
        set_watch(stdio, port, !stdio->finishing && can_send(stdio, port), EPOLLIN, output_ready);
    }
    set_watch(stdio, 0, stdio->fds[0] >= 0 && stdio->input.length > 0, EPOLLOUT, input_ready);
    bool all_out = stdio->output_ended[1] && stdio->output_ended[2];
    if (!stdio->finishing || !stdio->channel || !all_out) return;
    send_exit(stdio);
    process_reported(stdio->process);
}

void stdio_attach(struct stdio *stdio, uint32_t channel, bool kill_on_close) {
    stdio->channel = channel;
    stdio->kill_on_close = kill_on_close;
    stdio->credit[1] = stdio->credit[2] = 0;
    stdio->input_granted = 0;
    grant_input(stdio);
    for (uint8_t port = 1; port < 3; port++)
        if (stdio->output_ended[port] && !(stdio->terminal && port == 2)) send_plain(stdio, FRAME_EOF, port, 0);
    update(stdio);
}

void stdio_finish(struct stdio *stdio) {
    stdio->finishing = true;
    close_port(stdio, 0);
    for (uint8_t port = 1; port < 3; port++)
        if (stdio->fds[port] < 0) stdio->output_ended[port] = true;
    update(stdio);
}

void stdio_close(struct stdio *stdio) {
    for (int port = 0; port < 3; port++)
        close_port(stdio, port);
    bytes_free(&stdio->input);
}

void stdio_abandon(struct stdio *stdio) {
    if (stdio->channel && stdio->finishing)
        send_exit(stdio);
    else
        send_plain(stdio, FRAME_CLOSE, 0, 0);
    stdio->channel = 0;
    stdio_close(stdio);
}

static void input_data(struct stdio *stdio, const unsigned char *payload, uint32_t length) {
    if (length > stdio->input_granted) return;
    stdio->input_granted -= length;
    if (stdio->finishing || stdio->input_ended) return;
    /* A terminal comes with the start; what is typed before waits for it. */
    bytes_append(&stdio->input, payload, length);
    if (stdio->fds[0] >= 0) pump_input(stdio);
}

static void end_of(struct stdio *stdio, uint8_t port) {
    if (port == 0) {
        stdio->input_ended = true;
        if (stdio->fds[0] >= 0) pump_input(stdio);
        return;
    }
    /* Closed, so that the writer gets EPIPE as from a pipe on the host. */
    if (!stdio->terminal) close_port(stdio, port);
    stdio->output_ended[port] = true;
}

void stdio_frame(const struct frame_header *header, const unsigned char *payload) {
    struct process *process = process_on_channel(header->channel);
    if (!process) return;
    struct stdio *stdio = &process->stdio;
    switch (header->type) {
    case FRAME_DATA:
        input_data(stdio, payload, header->length);
        break;
    case FRAME_CREDIT:
        if (header->serial <= FRAME_CREDIT_MAX - stdio->credit[header->port])
            stdio->credit[header->port] += header->serial;
        break;
    case FRAME_EOF:
        end_of(stdio, header->port);
        break;
    case FRAME_SIGNAL:
        process_signal(process, (int)header->serial);
        break;
    case FRAME_RESIZE:
        stdio_set_size(stdio, get_u16(payload), get_u16(payload + 2), get_u16(payload + 4), get_u16(payload + 6));
        break;
    }
    update(stdio);
}

static void detach(struct process *process, bool may_kill) {
    struct stdio *stdio = &process->stdio;
    stdio->channel = 0;
    if (may_kill && stdio->kill_on_close) process_signal(process, SIGKILL);
    update(stdio);
}

void stdio_detach(uint32_t channel) {
    struct process *process = process_on_channel(channel);
    if (process) detach(process, true);
}

static void detach_one(struct process *process) {
    detach(process, false);
}

void stdio_detach_all(void) {
    process_each(detach_one);
}

static void resume_one(struct process *process) {
    update(&process->stdio);
}

void stdio_resume_all(void) {
    process_each(resume_one);
}
