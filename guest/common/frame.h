/*
 * Frames of the agent protocol: docs/agent-protocol.md, sections 1 and 7.
 * Shared by the agent (guest), the relay (host) and their tests.
 */
#ifndef BERTH_FRAME_H
#define BERTH_FRAME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    FRAME_MAGIC = 0xB7,
    FRAME_VERSION = 1,
    FRAME_HEADER = 16,
    FRAME_NONCE = 16,
    FRAME_DATA_MAX = 64 * 1024,
    FRAME_CONTROL_MAX = 1024 * 1024,
    FRAME_SMALL_MAX = 8 * 1024,
    FRAME_CREDIT_MAX = 1024 * 1024,
    FRAME_CHANNELS_MAX = 1024,
};

enum frame_type {
    FRAME_HELLO = 1,
    FRAME_REQUEST,
    FRAME_RESPONSE,
    FRAME_EVENT,
    FRAME_DATA,
    FRAME_CREDIT,
    FRAME_EOF,
    FRAME_SIGNAL,
    FRAME_RESIZE,
    FRAME_EXIT,
    FRAME_CLOSE,
    FRAME_TYPES,
};

/** Who sent a frame; each side may send only some types. */
enum frame_sender { FROM_HOST, FROM_GUEST };

struct frame_header {
    uint8_t type;
    uint8_t port;
    uint32_t channel;
    uint32_t length;
    uint32_t serial;
};

/** Writes the header's 16 bytes. */
void frame_encode(unsigned char bytes[FRAME_HEADER], const struct frame_header *header);

/**
 * Reads a header that the given side sent and checks all that can be checked without knowing the channel:
 * magic, version, type, direction, port, length. Returns NULL, or the reason why it is no frame.
 */
const char *frame_decode(struct frame_header *header, const unsigned char bytes[FRAME_HEADER],
                         enum frame_sender sender);

uint16_t get_u16(const unsigned char *bytes);
uint32_t get_u32(const unsigned char *bytes);
void put_u16(unsigned char *bytes, uint16_t value);
void put_u32(unsigned char *bytes, uint32_t value);

#endif
