#include "channel.h"

#include "../common/frame-reader.h"
#include "../common/loop.h"
#include "events.h"
#include "hello.h"
#include "process-stdio.h"
#include "request.h"
#include "text.h"
#include "trouble.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

enum { HIGH_WATER = 256 * 1024, LOW_WATER = 64 * 1024, PORT_WAIT_MS = 10000 };

static struct {
    struct watch watch;
    struct frame_reader from_host;
    struct bytes to_host;
    struct timer retry;
    uint32_t session;
    bool congested;
} channel = {.from_host = {.sender = FROM_HOST}};

static void channel_ready(struct watch *watch, uint32_t events);
static void listen_again(struct timer *timer);

/** The port's device, found by the name that the host gave it; the name arrives a moment after the port. */
static bool find_port(char *path, size_t size) {
    DIR *directory = opendir("/sys/class/virtio-ports");
    bool found = false;
    for (struct dirent *entry; directory && !found && (entry = readdir(directory));) {
        char name_file[300], name[64] = "";
        snprintf(name_file, sizeof(name_file), "/sys/class/virtio-ports/%s/name", entry->d_name);
        int fd = open(name_file, O_RDONLY | O_CLOEXEC);
        if (fd < 0) continue;
        if (read(fd, name, sizeof(name) - 1) > 0 && strcmp(name, "org.berth.agent\n") == 0) {
            snprintf(path, size, "/dev/%s", entry->d_name);
            found = true;
        }
        close(fd);
    }
    if (directory) closedir(directory);
    return found;
}

void channel_open(void) {
    char path[300];
    uint64_t deadline = monotonic_ms() + PORT_WAIT_MS;
    while (!find_port(path, sizeof(path))) {
        if (monotonic_ms() > deadline) give_up("no virtio port named org.berth.agent");
        usleep(500);
    }
    int fd = open(path, O_RDWR | O_NONBLOCK | O_CLOEXEC);
    if (fd < 0) give_up("cannot open %s: %s", path, strerror(errno));
    channel.retry = (struct timer){.due = listen_again};
    if (!watch_add(&channel.watch, fd, EPOLLIN, channel_ready, NULL)) give_up("cannot watch %s", path);
}

uint32_t channel_session(void) {
    return channel.session;
}

bool channel_congested(void) {
    return channel.congested;
}

static void flush(void) {
    /* A failure is the host's absence; what waits goes out when it is back, or is forgotten at its HELLO. */
    bytes_write(&channel.to_host, channel.watch.fd);
    if (channel.to_host.length > HIGH_WATER) channel.congested = true;
    bool waiting = channel.to_host.length > 0 || channel.congested;
    watch_change(&channel.watch, EPOLLIN | (waiting ? EPOLLOUT : 0));
}

/** Only from the loop: it resumes processes, and one of them may be what is sending just now. */
static void host_took_more(void) {
    flush();
    if (!channel.congested || channel.to_host.length >= LOW_WATER) return;
    channel.congested = false;
    flush();
    stdio_resume_all();
}

void channel_send(const struct frame_header *header, const void *payload) {
    unsigned char *room = bytes_room(&channel.to_host, FRAME_HEADER + header->length);
    if (!room) give_up("out of memory");
    frame_encode(room, header);
    if (header->length > 0) memcpy(room + FRAME_HEADER, payload, header->length);
    bytes_added(&channel.to_host, FRAME_HEADER + header->length);
    flush();
}

ssize_t channel_send_from(int fd, uint32_t id, uint8_t port, size_t most) {
    unsigned char *room = bytes_room(&channel.to_host, FRAME_HEADER + most);
    if (!room) give_up("out of memory");
    ssize_t got = read(fd, room + FRAME_HEADER, most);
    if (got <= 0) return got;
    struct frame_header header = {.type = FRAME_DATA, .port = port, .channel = id, .length = (uint32_t)got};
    frame_encode(room, &header);
    bytes_added(&channel.to_host, FRAME_HEADER + (size_t)got);
    flush();
    return got;
}

void channel_flush(void) {
    struct pollfd polled = {.fd = channel.watch.fd, .events = POLLOUT};
    while (channel.to_host.length > 0 && poll(&polled, 1, 1000) > 0 && !(polled.revents & POLLHUP)) {
        if (bytes_write(&channel.to_host, channel.watch.fd) < 0) return;
    }
}

/** A new session: whoever was attached or waiting belonged to the earlier one. Processes go on. */
static void begin_session(const unsigned char *nonce) {
    channel.session++;
    bytes_free(&channel.to_host);
    channel.congested = false;
    stdio_detach_all();
    events_unsubscribe_all();

    struct text hello = {0};
    text_add_bytes(&hello, nonce, FRAME_NONCE);
    hello_describe(&hello);
    struct frame_header header = {.type = FRAME_HELLO, .length = (uint32_t)hello.bytes.length};
    channel_send(&header, bytes_front(&hello.bytes));
    text_free(&hello);
}

static const char *host_frame(void *context, const struct frame_header *header, const unsigned char *payload) {
    (void)context;
    switch (header->type) {
    case FRAME_HELLO:
        begin_session(payload);
        break;
    case FRAME_REQUEST:
        request_receive(header, payload);
        break;
    case FRAME_CLOSE:
        stdio_detach(header->channel);
        events_unsubscribe(header->channel);
        break;
    default:
        stdio_frame(header, payload);
    }
    return NULL;
}

static void channel_ready(struct watch *watch, uint32_t events) {
    if (events & EPOLLOUT) host_took_more();
    if (!(events & (EPOLLIN | EPOLLHUP | EPOLLERR))) return;
    const char *fault;
    enum reading reading = frame_reader_read(&channel.from_host, watch->fd, host_frame, NULL, &fault);
    if (reading == READ_FAULT) {
        trouble("frame from the host: %s", fault);
        channel.from_host.waiting.length = 0;
        return;
    }
    if (reading != READ_END) return;
    /* No host at the other end (virtio_console reports POLLHUP and reads 0): epoll would report it without pause. */
    channel.from_host.waiting.length = 0;
    int fd = watch->fd;
    watch_remove(watch);
    watch->fd = fd;
    timer_set(&channel.retry, 5);
}

static void listen_again(struct timer *timer) {
    struct pollfd polled = {.fd = channel.watch.fd, .events = POLLIN};
    if (poll(&polled, 1, 0) == 1 && (polled.revents & POLLHUP)) {
        timer_set(timer, 5);
        return;
    }
    int fd = channel.watch.fd;
    watch_add(&channel.watch, fd, EPOLLIN, channel_ready, NULL);
}
