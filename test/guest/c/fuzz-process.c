/*
 * What a process relay does with the frames of its guest, for libFuzzer or fuzz-driver.c: it neither breaks, nor holds more
 * than its window, nor is ever busy without an end.
 */
#include "../../../guest/relay/process.c"

#include "check.h"

enum { TURNS = 10000 };

void complain(const char *format, ...) {
    (void)format;
}

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size);
int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size) {
    static int null = -1;
    if (null < 0) null = open("/dev/null", O_RDWR | O_CLOEXEC);
    int ends[2];
    CHECK(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, ends) == 0);
    struct process_options options = {.container = "c", .ready_fd = -1};
    struct relay relay = {.options = &options, .agent = ends[1], .signals = -1, .from_agent = {.sender = FROM_GUEST}};
    /* As after `attach`, with or without a terminal; its streams are /dev/null, as those of a container whose engine went. */
    options.terminal = size > 0 && data[0] % 2 != 0;
    relay.attached = relay.ready = relay.input_open = true;
    for (int port = 1; port <= (options.terminal ? 1 : 2); port++) {
        int fd = dup(null);
        CHECK(fd >= 0);
        output_open(&relay.outputs[port], fd);
    }
    const char *fault = NULL;
    for (size_t at = 1; at < size && !fault && !relay.ended; at += 512) {
        size_t room, part = size - at < 512 ? size - at : 512;
        unsigned char *space = frame_reader_room(&relay.from_agent, &room);
        CHECK(space && room >= part);
        memcpy(space, data + at, part);
        fault = frame_reader_added(&relay.from_agent, part, agent_frame, &relay);
        CHECK(relay.outputs[1].waiting.length <= WINDOW && relay.outputs[2].waiting.length <= WINDOW);
    }
    relay.ended = true;
    int turns = 0;
    while (outputs_waiting(&relay)) {
        CHECK(turns++ < TURNS);
        wait_and_act(&relay);
    }
    for (int port = 1; port <= 2; port++) {
        if (relay.outputs[port].fd > 2) close(relay.outputs[port].fd);
        bytes_free(&relay.outputs[port].waiting);
    }
    bytes_free(&relay.from_agent.waiting);
    close(ends[0]);
    close(ends[1]);
    return 0;
}

/** For the driver: pieces that inputs are made of. */
const struct piece {
    const char *bytes;
    size_t size;
} pieces[] = {
    {"\xb7\x01\x05\x01\x00\x00\x00\x00\x03\x00\x00\x00\x00\x00\x00\x00"
     "abc",
     19},
    {"\xb7\x01\x05\x02\x00\x00\x00\x00\x01\x00\x00\x00\x00\x00\x00\x00"
     "x",
     17},
    {"\xb7\x01\x06\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x10\x00\x00", 16},
    {"\xb7\x01\x07\x01\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00", 16},
    {"\xb7\x01\x07\x02\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00", 16},
    {"\xb7\x01\x0a\x00\x00\x00\x00\x00\x0c\x00\x00\x00\x00\x00\x00\x00"
     "aaaabbbbcccc",
     28},
    {"\xb7\x01\x0b\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00", 16},
    {"\xb7\x01\x03\x00\x00\x00\x00\x00\x02\x00\x00\x00\x01\x00\x00\x00{}", 18},
    {NULL, 0},
};
