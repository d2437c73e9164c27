#include "session.h"

#include <errno.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/random.h>
#include <unistd.h>

static void channel_ready(struct watch *watch, uint32_t events);
static void flush(struct session *session);

void session_begin(struct session *session, int channel_fd) {
    session->from_guest.sender = FROM_GUEST;
    if (getrandom(session->nonce, FRAME_NONCE, 0) != FRAME_NONCE) {
        session_end(session, "no random bytes");
        return;
    }
    if (!watch_add(&session->channel, channel_fd, EPOLLIN, channel_ready, session)) {
        session_end(session, "cannot watch the channel");
        return;
    }
    struct frame_header hello = {.type = FRAME_HELLO, .length = FRAME_NONCE};
    session_send(session, &hello, session->nonce);
}

void session_send(struct session *session, const struct frame_header *header, const void *payload) {
    if (session->over) return;
    unsigned char bytes[FRAME_HEADER];
    frame_encode(bytes, header);
    bool was_low = session->to_guest.length < TO_GUEST_HIGH;
    /* In one piece or not at all: a header without its payload would shift every later frame. */
    if (!bytes_room(&session->to_guest, FRAME_HEADER + header->length)) {
        session_end(session, "out of memory");
        return;
    }
    bytes_append(&session->to_guest, bytes, FRAME_HEADER);
    bytes_append(&session->to_guest, payload, header->length);
    flush(session);
    if (was_low && session->to_guest.length >= TO_GUEST_HIGH) {
        for (size_t i = 0; i < FRAME_CHANNELS_MAX; i++)
            if (session->clients[i]) client_update(session->clients[i]);
    }
}

static void flush(struct session *session) {
    if (bytes_write(&session->to_guest, session->channel.fd) < 0) {
        session_end(session, NULL);
        return;
    }
    watch_change(&session->channel, EPOLLIN | (session->to_guest.length > 0 ? EPOLLOUT : 0));
}

static void wake_clients(struct session *session) {
    for (size_t i = 0; i < FRAME_CHANNELS_MAX; i++)
        if (session->clients[i]) client_update(session->clients[i]);
}

static const char *guest_frame(void *context, const struct frame_header *header, const unsigned char *payload) {
    struct session *session = context;
    if (header->type == FRAME_HELLO) {
        if (session->ready) return "a second HELLO";
        if (memcmp(payload, session->nonce, FRAME_NONCE) != 0) return NULL;
        session->ready = true;
        wake_clients(session);
        return NULL;
    }
    /* Until the guest has answered, this is the end of a session that an earlier relay had with it. */
    if (!session->ready) return NULL;
    struct client *client = session->clients[header->channel % FRAME_CHANNELS_MAX];
    /* A client that is gone: the guest has not seen our CLOSE yet. */
    if (!client || client->channel != header->channel) return NULL;
    return client_guest_frame(client, header, payload);
}

/**
 * Before the session is agreed on, the first bytes may be the rest of a frame that was cut off when an earlier relay
 * went: the answer to our HELLO is searched for by its header and nonce.
 */
static bool skip_to_hello(struct session *session) {
    struct bytes *waiting = &session->from_guest.waiting;
    while (waiting->length >= FRAME_HEADER + FRAME_NONCE) {
        const unsigned char *front = bytes_front(waiting);
        struct frame_header header;
        if (!frame_decode(&header, front, FROM_GUEST) && header.type == FRAME_HELLO &&
            memcmp(front + FRAME_HEADER, session->nonce, FRAME_NONCE) == 0)
            return true;
        const unsigned char *next = memchr(front + 1, FRAME_MAGIC, waiting->length - 1);
        bytes_consume(waiting, next ? (size_t)(next - front) : waiting->length);
    }
    return false;
}

void session_guest_bytes(struct session *session, const unsigned char *data, size_t size) {
    if (!bytes_append(&session->from_guest.waiting, data, size)) {
        session_end(session, "out of memory");
        return;
    }
    if (!session->ready && !skip_to_hello(session)) return;
    const char *fault = frame_reader_added(&session->from_guest, 0, guest_frame, session);
    if (fault) session_end(session, fault);
}

static void channel_ready(struct watch *watch, uint32_t events) {
    struct session *session = watch->owner;
    if (events & EPOLLOUT) {
        flush(session);
        if (!session->over && session->to_guest.length < TO_GUEST_HIGH) wake_clients(session);
    }
    if (session->over || !(events & (EPOLLIN | EPOLLHUP | EPOLLERR))) return;
    if (session->ready) {
        const char *fault;
        enum reading reading = frame_reader_read(&session->from_guest, watch->fd, guest_frame, session, &fault);
        if (reading == READ_END) session_end(session, NULL);
        if (reading == READ_FAULT) session_end(session, fault);
        return;
    }
    unsigned char data[4096];
    ssize_t got = read(watch->fd, data, sizeof(data));
    if (got < 0 && (errno == EAGAIN || errno == EINTR)) return;
    if (got <= 0)
        session_end(session, NULL);
    else
        session_guest_bytes(session, data, (size_t)got);
}

void session_accept(struct session *session, int client_fd) {
    for (uint32_t slot = 0; slot < FRAME_CHANNELS_MAX; slot++) {
        if (session->clients[slot]) continue;
        client_open(session, client_fd, slot);
        return;
    }
    close(client_fd);
}

void session_end(struct session *session, const char *reason) {
    if (session->over) return;
    session->over = true;
    session->reason = reason;
    for (size_t i = 0; i < FRAME_CHANNELS_MAX; i++)
        if (session->clients[i]) client_close(session->clients[i], false);
    if (session->channel.ready) {
        watch_remove(&session->channel);
        close(session->channel.fd);
    }
}
