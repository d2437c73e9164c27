/*
 * One session with the agent of a guest: the channel, and the clients multiplexed onto it.
 * The guest is not trusted: whatever it sends wrongly ends the session (session_end).
 */
#ifndef BERTH_SESSION_H
#define BERTH_SESSION_H

#include "../common/frame-reader.h"
#include "../common/loop.h"

enum {
    /** Beyond this, nothing more is read from clients until the guest has taken what waits. */
    TO_GUEST_HIGH = 256 * 1024,
    CLIENT_WAITING_MAX = 4 * 1024 * 1024,
    CLIENT_UNANSWERED_MAX = 16,
};

struct session;

struct client {
    struct session *session;
    struct watch watch;
    struct frame_reader from_client;
    struct bytes to_client;
    uint32_t channel;
    uint32_t unanswered;
    /** What the guest may still send per port (1, 2), and what the client may (0). */
    uint32_t credit[3];
    /** Close when everything is delivered. */
    bool finishing;
};

struct session {
    struct watch channel;
    struct frame_reader from_guest;
    struct bytes to_guest;
    unsigned char nonce[FRAME_NONCE];
    bool ready;
    struct client *clients[FRAME_CHANNELS_MAX];
    uint32_t generation[FRAME_CHANNELS_MAX];
    /** Set when over; `reason` says why when the guest was to blame. */
    bool over;
    const char *reason;
};

/** Begins on a connected, non-blocking channel: sends HELLO. */
void session_begin(struct session *session, int channel_fd);

/** Takes a connected, non-blocking client; closes it when there are too many. */
void session_accept(struct session *session, int client_fd);

/** Bytes from the guest; called by the channel's watch and by the fuzzer. */
void session_guest_bytes(struct session *session, const unsigned char *data, size_t size);

/** Sends a frame to the guest. */
void session_send(struct session *session, const struct frame_header *header, const void *payload);

/** Ends it: all clients are closed. */
void session_end(struct session *session, const char *reason);

/* client.c */
void client_open(struct session *session, int fd, uint32_t slot);
void client_close(struct client *client, bool tell_guest);
/** A checked frame from the guest for this client. Returns NULL or the fault. */
const char *client_guest_frame(struct client *client, const struct frame_header *header, const unsigned char *payload);
/** Reads from the client or not, as the session's state allows. */
void client_update(struct client *client);

#endif
