/*
 * The relay's reading of guest bytes, for libFuzzer or fuzz-driver.c: whatever the guest sends after a valid HELLO, the
 * relay neither breaks nor holds more than its bounds.
 */
#include "../../../guest/relay/session.h"
#include "check.h"

#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static struct session session;

static void settle(void) {
    for (int i = 0; i < 200 && !session.over && loop_turn(0); i++)
        continue;
}

static void add_client(int *end) {
    int ends[2];
    CHECK(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, ends) == 0);
    session_accept(&session, ends[1]);
    *end = ends[0];
    unsigned char frames[2 * FRAME_HEADER + 2];
    struct frame_header request = {.type = FRAME_REQUEST, .length = 2, .serial = 1};
    struct frame_header credit = {.type = FRAME_CREDIT, .port = 1, .serial = 4096};
    frame_encode(frames, &request);
    memcpy(frames + FRAME_HEADER, "{}", 2);
    frame_encode(frames + FRAME_HEADER + 2, &credit);
    CHECK(write(*end, frames, sizeof(frames)) == sizeof(frames));
}

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size);
int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size) {
    static bool opened;
    if (!opened) loop_open();
    opened = true;
    int guest[2], clients[2];
    memset(&session, 0, sizeof(session));
    CHECK(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, guest) == 0);
    session_begin(&session, guest[1]);
    /* The nonce is random, so an input can only name it: the first byte decides whether the HELLO is right. */
    if (size > 0 && data[0] != 0) {
        unsigned char hello[FRAME_HEADER + FRAME_NONCE];
        struct frame_header header = {.type = FRAME_HELLO, .length = FRAME_NONCE};
        frame_encode(hello, &header);
        memcpy(hello + FRAME_HEADER, session.nonce, FRAME_NONCE);
        session_guest_bytes(&session, hello, sizeof(hello));
    }
    add_client(&clients[0]);
    add_client(&clients[1]);
    settle();
    for (size_t at = 1; at < size && !session.over; at += 512) {
        session_guest_bytes(&session, data + at, size - at < 512 ? size - at : 512);
        settle();
        CHECK(session.from_guest.waiting.length <= FRAME_CONTROL_MAX + FRAME_HEADER + 65536);
    }
    session_end(&session, NULL);
    bytes_free(&session.from_guest.waiting);
    bytes_free(&session.to_guest);
    close(guest[0]);
    close(clients[0]);
    close(clients[1]);
    return 0;
}

/** For the driver: pieces that inputs are made of. The channel numbers are those of the first two clients. */
const struct piece {
    const char *bytes;
    size_t size;
} pieces[] = {
    {"\xb7\x01\x03\x00\x00\x04\x00\x00\x02\x00\x00\x00\x01\x00\x00\x00{}", 18},
    {"\xb7\x01\x05\x01\x01\x04\x00\x00\x03\x00\x00\x00\x00\x00\x00\x00"
     "abc",
     19},
    {"\xb7\x01\x06\x00\x00\x04\x00\x00\x00\x00\x00\x00\x00\x10\x00\x00", 16},
    {"\xb7\x01\x07\x02\x01\x04\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00", 16},
    {"\xb7\x01\x0a\x00\x00\x04\x00\x00\x0c\x00\x00\x00\x00\x00\x00\x00"
     "aaaabbbbcccc",
     28},
    {"\xb7\x01\x0b\x00\x01\x04\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00", 16},
    {"\xb7\x01\x04\x00\x00\x04\x00\x00\x02\x00\x00\x00\x00\x00\x00\x00{}", 18},
    {NULL, 0},
};
