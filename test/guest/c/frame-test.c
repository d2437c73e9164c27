/* Frames: what is refused, and that a stream may be cut anywhere. */
#include "../../../guest/common/frame-reader.h"
#include "check.h"

#include <string.h>

static const char *decode(uint8_t type, uint8_t port, uint32_t length, uint32_t serial, enum frame_sender sender) {
    unsigned char bytes[FRAME_HEADER];
    struct frame_header header = {.type = type, .port = port, .length = length, .serial = serial}, read;
    frame_encode(bytes, &header);
    return frame_decode(&read, bytes, sender);
}

static void test_round_trip(void) {
    unsigned char bytes[FRAME_HEADER];
    struct frame_header header = {.type = FRAME_DATA, .port = 2, .channel = 0xfedcba98, .length = 65536, .serial = 7},
                        read;
    frame_encode(bytes, &header);
    CHECK(frame_decode(&read, bytes, FROM_GUEST) == NULL);
    CHECK(read.type == FRAME_DATA && read.port == 2 && read.channel == 0xfedcba98 && read.length == 65536 &&
          read.serial == 7);
    bytes[0]++;
    CHECK(frame_decode(&read, bytes, FROM_GUEST) != NULL);
    bytes[0]--, bytes[1]++;
    CHECK(frame_decode(&read, bytes, FROM_GUEST) != NULL);
}

static void test_refused(void) {
    CHECK(decode(0, 0, 0, 0, FROM_GUEST));
    CHECK(decode(FRAME_TYPES, 0, 0, 0, FROM_GUEST));
    CHECK(decode(255, 0, 0, 0, FROM_GUEST));
    /* The wrong side. */
    CHECK(decode(FRAME_REQUEST, 0, 2, 0, FROM_GUEST) && !decode(FRAME_REQUEST, 0, 2, 0, FROM_HOST));
    CHECK(decode(FRAME_RESPONSE, 0, 2, 0, FROM_HOST) && !decode(FRAME_RESPONSE, 0, 2, 0, FROM_GUEST));
    CHECK(decode(FRAME_EXIT, 0, 12, 0, FROM_HOST) && !decode(FRAME_EXIT, 0, 12, 0, FROM_GUEST));
    /* Lengths. */
    CHECK(decode(FRAME_RESPONSE, 0, FRAME_CONTROL_MAX + 1, 0, FROM_GUEST));
    CHECK(decode(FRAME_RESPONSE, 0, UINT32_MAX, 0, FROM_GUEST));
    CHECK(decode(FRAME_DATA, 1, FRAME_DATA_MAX + 1, 0, FROM_GUEST) && decode(FRAME_DATA, 1, 0, 0, FROM_GUEST));
    CHECK(decode(FRAME_EXIT, 0, 11, 0, FROM_GUEST) && decode(FRAME_EXIT, 0, 13, 0, FROM_GUEST));
    CHECK(decode(FRAME_HELLO, 0, FRAME_NONCE - 1, 0, FROM_GUEST));
    /* Ports. */
    CHECK(decode(FRAME_DATA, 0, 1, 0, FROM_GUEST) && decode(FRAME_DATA, 1, 1, 0, FROM_HOST));
    CHECK(decode(FRAME_DATA, 3, 1, 0, FROM_GUEST) && decode(FRAME_RESPONSE, 1, 2, 0, FROM_GUEST));
    CHECK(decode(FRAME_CREDIT, 1, 0, 1, FROM_GUEST) && decode(FRAME_CREDIT, 0, 0, 1, FROM_HOST));
    CHECK(decode(FRAME_CREDIT, 0, 0, FRAME_CREDIT_MAX + 1, FROM_GUEST));
}

struct seen {
    int frames;
    size_t bytes;
};

static const char *count(void *context, const struct frame_header *header, const unsigned char *payload) {
    struct seen *seen = context;
    for (uint32_t i = 0; i < header->length; i++)
        CHECK(payload[i] == (unsigned char)(header->serial + i));
    seen->frames++;
    seen->bytes += header->length;
    return NULL;
}

static void feed(struct frame_reader *reader, const unsigned char *data, size_t size, struct seen *seen) {
    while (size > 0) {
        size_t room;
        unsigned char *space = frame_reader_room(reader, &room);
        size_t part = size < room ? size : room;
        memcpy(space, data, part);
        CHECK(frame_reader_added(reader, part, count, seen) == NULL);
        data += part, size -= part;
    }
}

static void test_any_cut(void) {
    static unsigned char stream[40000];
    size_t length = 0;
    for (uint32_t i = 0; i < 20; i++) {
        struct frame_header header = {.type = FRAME_DATA, .port = 1, .length = i * 97 + 1, .serial = i};
        frame_encode(stream + length, &header);
        length += FRAME_HEADER;
        for (uint32_t j = 0; j < header.length; j++)
            stream[length++] = (unsigned char)(i + j);
    }
    for (size_t piece = 1; piece < 3000; piece = piece * 2 + 1) {
        struct frame_reader reader = {.sender = FROM_GUEST};
        struct seen seen = {0};
        for (size_t at = 0; at < length; at += piece)
            feed(&reader, stream + at, at + piece < length ? piece : length - at, &seen);
        CHECK(seen.frames == 20 && seen.bytes == length - 20 * FRAME_HEADER);
        CHECK(reader.waiting.length == 0);
        bytes_free(&reader.waiting);
    }
}

/** A length that is out of range must be refused when the header is there, before anything is allocated for it. */
static void test_long_length_costs_nothing(void) {
    struct frame_reader reader = {.sender = FROM_GUEST};
    struct seen seen = {0};
    size_t room;
    struct frame_header header = {.type = FRAME_RESPONSE, .length = 0x7fffffff};
    frame_encode(frame_reader_room(&reader, &room), &header);
    CHECK(frame_reader_added(&reader, FRAME_HEADER, count, &seen) != NULL);
    CHECK(reader.waiting.capacity <= 128 * 1024);
    bytes_free(&reader.waiting);
}

int main(void) {
    test_round_trip();
    test_refused();
    test_any_cut();
    test_long_length_costs_nothing();
    return 0;
}
