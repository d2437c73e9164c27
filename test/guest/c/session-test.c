/* The sandbox relay against a guest that is played here: what it passes on, and what ends the session. */
#include "../../../guest/relay/session.h"
#include "check.h"

#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static struct session session;
static int guest, clients[2];

static void settle(void) {
    while (!session.over && loop_turn(0))
        continue;
}

static int pair(int *ours) {
    int ends[2];
    CHECK(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, ends) == 0);
    *ours = ends[0];
    return ends[1];
}

static void put(int fd, uint8_t type, uint8_t port, uint32_t channel, uint32_t serial, const void *payload,
                uint32_t length) {
    unsigned char bytes[FRAME_HEADER];
    struct frame_header header = {.type = type, .port = port, .channel = channel, .serial = serial, .length = length};
    frame_encode(bytes, &header);
    CHECK(write(fd, bytes, FRAME_HEADER) == FRAME_HEADER);
    if (length > 0) CHECK(write(fd, payload, length) == (ssize_t)length);
    settle();
}

/** Reads one frame; false when there is none. */
static bool get(int fd, enum frame_sender sender, struct frame_header *header, unsigned char *payload) {
    unsigned char bytes[FRAME_HEADER];
    if (read(fd, bytes, FRAME_HEADER) != FRAME_HEADER) return false;
    CHECK(frame_decode(header, bytes, sender) == NULL);
    for (uint32_t got = 0; got < header->length;) {
        ssize_t part = read(fd, payload + got, header->length - got);
        if (part > 0)
            got += (uint32_t)part;
        else
            settle();
    }
    return true;
}

/** A session up to the guest's HELLO, with two clients. Returns their channels as the guest sees them. */
static void begin(uint32_t channels[2]) {
    static unsigned char payload[FRAME_CONTROL_MAX];
    struct frame_header header;
    memset(&session, 0, sizeof(session));
    session_begin(&session, pair(&guest));
    CHECK(get(guest, FROM_HOST, &header, payload) && header.type == FRAME_HELLO && header.length == FRAME_NONCE);
    /* Leftovers of an earlier session, cut off in the middle of a frame. */
    CHECK(write(guest, "\xb7\x01\x05 rest of something \xb7\x01\x01\x00", 26) == 26);
    put(guest, FRAME_HELLO, 0, 0, 0, "0123456789abcdef{}", 18);
    CHECK(!session.ready && !session.over);
    put(guest, FRAME_HELLO, 0, 0, 0, payload, FRAME_NONCE);
    CHECK(session.ready && !session.over);
    for (int i = 0; i < 2; i++) {
        session_accept(&session, pair(&clients[i]));
        put(clients[i], FRAME_REQUEST, 0, 0, 40 + (uint32_t)i, "{}", 2);
        CHECK(get(guest, FROM_HOST, &header, payload) && header.type == FRAME_REQUEST);
        CHECK(header.serial == 40 + (uint32_t)i && header.channel != 0);
        channels[i] = header.channel;
    }
    CHECK(channels[0] != channels[1]);
}

static void end(void) {
    session_end(&session, NULL);
    bytes_free(&session.from_guest.waiting);
    bytes_free(&session.to_guest);
    close(guest);
    close(clients[0]);
    close(clients[1]);
}

static bool closed(int fd) {
    char byte;
    return read(fd, &byte, 1) == 0;
}

static void test_answers_reach_their_client(void) {
    static unsigned char payload[FRAME_CONTROL_MAX];
    struct frame_header header;
    uint32_t channels[2];
    begin(channels);
    put(guest, FRAME_RESPONSE, 0, channels[1], 41, "{\"ok\":1}", 8);
    CHECK(!get(clients[0], FROM_GUEST, &header, payload));
    CHECK(get(clients[1], FROM_GUEST, &header, payload) && header.channel == 0 && header.serial == 41 &&
          header.length == 8);
    /* A long answer, more than a socket takes at once. */
    memset(payload, 'x', sizeof(payload));
    int flags = fcntl(guest, F_GETFL);
    unsigned char bytes[FRAME_HEADER];
    header = (struct frame_header){
        .type = FRAME_RESPONSE, .channel = channels[0], .length = FRAME_CONTROL_MAX, .serial = 40};
    frame_encode(bytes, &header);
    CHECK(write(guest, bytes, FRAME_HEADER) == FRAME_HEADER);
    for (size_t sent = 0; sent < FRAME_CONTROL_MAX;) {
        ssize_t part = write(guest, payload + sent, FRAME_CONTROL_MAX - sent);
        if (part > 0) sent += (size_t)part;
        settle();
    }
    fcntl(guest, F_SETFL, flags);
    CHECK(get(clients[0], FROM_GUEST, &header, payload) && header.length == FRAME_CONTROL_MAX && payload[77777] == 'x');
    end();
}

static void test_data_needs_credit(void) {
    static unsigned char payload[FRAME_CONTROL_MAX];
    struct frame_header header;
    uint32_t channels[2];
    begin(channels);
    put(clients[0], FRAME_CREDIT, 1, 0, 10, NULL, 0);
    CHECK(get(guest, FROM_HOST, &header, payload) && header.type == FRAME_CREDIT && header.channel == channels[0]);
    put(guest, FRAME_DATA, 1, channels[0], 0, "0123456789", 10);
    CHECK(get(clients[0], FROM_GUEST, &header, payload) && header.type == FRAME_DATA && header.port == 1 &&
          !session.over);
    put(guest, FRAME_DATA, 1, channels[0], 0, "x", 1);
    CHECK(session.over && session.reason && closed(clients[0]) && closed(clients[1]));
    end();
}

static void test_what_a_guest_must_not_do(void) {
    uint32_t channels[2];
    begin(channels);
    put(guest, FRAME_RESPONSE, 0, channels[0], 40, "{}", 2);
    CHECK(!session.over);
    put(guest, FRAME_RESPONSE, 0, channels[0], 40, "{}", 2);
    CHECK(session.over && session.reason);
    end();

    begin(channels);
    put(guest, FRAME_CREDIT, 0, channels[0], FRAME_CREDIT_MAX, NULL, 0);
    CHECK(!session.over);
    put(guest, FRAME_CREDIT, 0, channels[0], 1, NULL, 0);
    CHECK(session.over && session.reason);
    end();

    begin(channels);
    CHECK(write(guest, "GET / HTTP/1.1\r\n\r\n", 18) == 18);
    settle();
    CHECK(session.over && session.reason);
    end();

    begin(channels);
    /* Channels that nobody has are no fault: their client may just have gone. */
    put(guest, FRAME_DATA, 1, 12345, 0, "x", 1);
    put(guest, FRAME_EXIT, 0, channels[0] + FRAME_CHANNELS_MAX, 0, "000000000000", 12);
    CHECK(!session.over);
    close(guest);
    settle();
    CHECK(session.over && !session.reason && closed(clients[0]));
    end();
}

static void test_clients_come_and_go(void) {
    static unsigned char payload[FRAME_CONTROL_MAX];
    struct frame_header header;
    uint32_t channels[2];
    begin(channels);
    close(clients[0]);
    settle();
    CHECK(get(guest, FROM_HOST, &header, payload) && header.type == FRAME_CLOSE && header.channel == channels[0]);
    /* Its slot goes to the next, under another number: what is still under way to the first must not reach it. */
    session_accept(&session, pair(&clients[0]));
    put(clients[0], FRAME_REQUEST, 0, 0, 1, "{}", 2);
    CHECK(get(guest, FROM_HOST, &header, payload) && header.channel != channels[0]);
    put(guest, FRAME_RESPONSE, 0, channels[0], 40, "{}", 2);
    CHECK(!get(clients[0], FROM_GUEST, &header, payload) && !session.over);
    /* One that sends what it may not is cut off alone. */
    put(clients[0], FRAME_DATA, 0, 0, 0, "x", 1);
    CHECK(closed(clients[0]) && !session.over);
    put(guest, FRAME_RESPONSE, 0, channels[1], 41, "{}", 2);
    CHECK(get(clients[1], FROM_GUEST, &header, payload));
    end();
}

/** A client that reads nothing loses its connection; memory stays bounded. */
static void test_slow_client(void) {
    static unsigned char payload[FRAME_SMALL_MAX];
    uint32_t channels[2];
    begin(channels);
    for (int i = 0; i < 2000 && session.clients[channels[0] % FRAME_CHANNELS_MAX]; i++)
        put(guest, FRAME_EVENT, 0, channels[0], 0, payload, sizeof(payload));
    CHECK(!session.clients[channels[0] % FRAME_CHANNELS_MAX] && !session.over);
    end();
}

int main(void) {
    loop_open();
    test_answers_reach_their_client();
    test_data_needs_credit();
    test_what_a_guest_must_not_do();
    test_clients_come_and_go();
    test_slow_client();
    return 0;
}
