#include "session.h"

#include <stdlib.h>
#include <sys/epoll.h>
#include <unistd.h>

static void client_ready(struct watch *watch, uint32_t events);

void client_open(struct session *session, int fd, uint32_t slot) {
    struct client *client = calloc(1, sizeof(*client));
    if (!client || !watch_add(&client->watch, fd, 0, client_ready, client)) {
        free(client);
        close(fd);
        return;
    }
    client->session = session;
    client->from_client.sender = FROM_HOST;
    /* Never 0, and not used again for a long time: frames still under way to a client that has gone must not
     * reach the next one in its slot. */
    client->channel = (++session->generation[slot] * FRAME_CHANNELS_MAX) + slot;
    session->clients[slot] = client;
    client_update(client);
}

void client_close(struct client *client, bool tell_guest) {
    struct session *session = client->session;
    session->clients[client->channel % FRAME_CHANNELS_MAX] = NULL;
    watch_remove(&client->watch);
    close(client->watch.fd);
    struct frame_header header = {.type = FRAME_CLOSE, .channel = client->channel};
    bytes_free(&client->from_client.waiting);
    bytes_free(&client->to_client);
    free(client);
    if (tell_guest) session_send(session, &header, NULL);
}

void client_update(struct client *client) {
    struct session *session = client->session;
    bool reading = session->ready && !client->finishing && session->to_guest.length < TO_GUEST_HIGH &&
                   client->unanswered < CLIENT_UNANSWERED_MAX;
    watch_change(&client->watch, (reading ? EPOLLIN : 0) | (client->to_client.length > 0 ? EPOLLOUT : 0));
}

/** Writes what waits. False when the client is gone (it is freed then). */
static bool deliver(struct client *client) {
    if (bytes_write(&client->to_client, client->watch.fd) < 0 || (client->finishing && client->to_client.length == 0)) {
        client_close(client, !client->finishing);
        return false;
    }
    client_update(client);
    return true;
}

const char *client_guest_frame(struct client *client, const struct frame_header *header, const unsigned char *payload) {
    switch (header->type) {
    case FRAME_CLOSE:
        client->finishing = true;
        deliver(client);
        return NULL;
    case FRAME_DATA:
        if (header->length > client->credit[header->port]) return "more data than was allowed";
        client->credit[header->port] -= header->length;
        break;
    case FRAME_CREDIT:
        if (header->serial > FRAME_CREDIT_MAX - client->credit[0]) return "too much credit";
        client->credit[0] += header->serial;
        break;
    case FRAME_RESPONSE:
        if (client->unanswered == 0) return "a response to no request";
        client->unanswered--;
        break;
    default:
        break;
    }
    if (client->finishing) return NULL;

    unsigned char bytes[FRAME_HEADER];
    struct frame_header plain = *header;
    plain.channel = 0;
    frame_encode(bytes, &plain);
    if (client->to_client.length + header->length > CLIENT_WAITING_MAX ||
        !bytes_room(&client->to_client, FRAME_HEADER + header->length)) {
        client_close(client, true);
        return NULL;
    }
    bytes_append(&client->to_client, bytes, FRAME_HEADER);
    bytes_append(&client->to_client, payload, header->length);
    deliver(client);
    return NULL;
}

/** A frame from the client, checked as far as the host must: the agent checks the rest. */
static const char *client_frame(void *context, const struct frame_header *header, const unsigned char *payload) {
    struct client *client = context;
    if (header->channel != 0) return "a channel of its own";
    switch (header->type) {
    case FRAME_HELLO:
        return "HELLO from a client";
    case FRAME_REQUEST:
        client->unanswered++;
        break;
    case FRAME_CREDIT:
        if (header->serial > FRAME_CREDIT_MAX - client->credit[header->port]) return "too much credit";
        client->credit[header->port] += header->serial;
        break;
    case FRAME_DATA:
        if (header->length > client->credit[0]) return "more data than was allowed";
        client->credit[0] -= header->length;
        break;
    case FRAME_CLOSE:
        return "closed";
    default:
        break;
    }
    struct session *session = client->session;
    struct frame_header tagged = *header;
    tagged.channel = client->channel;
    session_send(session, &tagged, payload);
    return session->over ? "session over" : NULL;
}

static void client_ready(struct watch *watch, uint32_t events) {
    struct client *client = watch->owner;
    struct session *session = client->session;
    if ((events & EPOLLOUT) && !deliver(client)) return;
    if (events & EPOLLIN) {
        const char *fault;
        enum reading reading = frame_reader_read(&client->from_client, watch->fd, client_frame, client, &fault);
        /* When sending to the guest failed, the session's end has freed this client already. */
        if (session->over) return;
        if (reading == READ_END || reading == READ_FAULT)
            client_close(client, true);
        else
            client_update(client);
    } else if (events & (EPOLLHUP | EPOLLERR)) {
        client_close(client, true);
    }
}
