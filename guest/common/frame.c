#include "frame.h"

#define HOST (1u << FROM_HOST)
#define GUEST (1u << FROM_GUEST)

/** What each type may look like: who sends it, how long its payload is, whether it names a port. */
static const struct rule {
    uint32_t senders;
    uint32_t shortest;
    uint32_t longest;
    bool has_port;
} rules[FRAME_TYPES] = {
    [FRAME_HELLO] = {HOST | GUEST, FRAME_NONCE, FRAME_SMALL_MAX, false},
    [FRAME_REQUEST] = {HOST, 2, FRAME_CONTROL_MAX, false},
    [FRAME_RESPONSE] = {GUEST, 2, FRAME_CONTROL_MAX, false},
    [FRAME_EVENT] = {GUEST, 2, FRAME_SMALL_MAX, false},
    [FRAME_DATA] = {HOST | GUEST, 1, FRAME_DATA_MAX, true},
    [FRAME_CREDIT] = {HOST | GUEST, 0, 0, true},
    [FRAME_EOF] = {HOST | GUEST, 0, 0, true},
    [FRAME_SIGNAL] = {HOST, 0, 0, false},
    [FRAME_RESIZE] = {HOST, 8, 8, false},
    [FRAME_EXIT] = {GUEST, 12, 12, false},
    [FRAME_CLOSE] = {HOST | GUEST, 0, 0, false},
};

/** DATA to the guest is stdin, DATA to the host an output; CREDIT goes the other way; EOF may name any of them. */
static bool port_fits(const struct frame_header *header, enum frame_sender sender) {
    bool is_input = header->port == 0;
    if (header->port > 2) return false;
    if (header->type == FRAME_CREDIT) return is_input == (sender == FROM_GUEST);
    if (header->type == FRAME_DATA) return is_input == (sender == FROM_HOST);
    return true;
}

const char *frame_decode(struct frame_header *header, const unsigned char bytes[FRAME_HEADER],
                         enum frame_sender sender) {
    if (bytes[0] != FRAME_MAGIC) return "no frame (wrong magic byte)";
    if (bytes[1] != FRAME_VERSION) return "unknown protocol version";
    header->type = bytes[2];
    header->port = bytes[3];
    header->channel = get_u32(bytes + 4);
    header->length = get_u32(bytes + 8);
    header->serial = get_u32(bytes + 12);

    if (header->type == 0 || header->type >= FRAME_TYPES) return "unknown frame type";
    const struct rule *rule = &rules[header->type];
    if (!(rule->senders & (1u << sender))) return "frame type from the wrong side";
    if (header->length < rule->shortest || header->length > rule->longest) return "frame length out of range";
    if (!rule->has_port) return header->port == 0 ? NULL : "frame with a port it cannot have";
    if (!port_fits(header, sender)) return "frame for the wrong port";
    if (header->type == FRAME_CREDIT && header->serial > FRAME_CREDIT_MAX) return "credit out of range";
    return NULL;
}

void frame_encode(unsigned char bytes[FRAME_HEADER], const struct frame_header *header) {
    bytes[0] = FRAME_MAGIC;
    bytes[1] = FRAME_VERSION;
    bytes[2] = header->type;
    bytes[3] = header->port;
    put_u32(bytes + 4, header->channel);
    put_u32(bytes + 8, header->length);
    put_u32(bytes + 12, header->serial);
}

uint16_t get_u16(const unsigned char *bytes) {
    return (uint16_t)(bytes[0] | bytes[1] << 8);
}

uint32_t get_u32(const unsigned char *bytes) {
    return (uint32_t)bytes[0] | (uint32_t)bytes[1] << 8 | (uint32_t)bytes[2] << 16 | (uint32_t)bytes[3] << 24;
}

void put_u16(unsigned char *bytes, uint16_t value) {
    bytes[0] = (unsigned char)value;
    bytes[1] = (unsigned char)(value >> 8);
}

void put_u32(unsigned char *bytes, uint32_t value) {
    put_u16(bytes, (uint16_t)value);
    put_u16(bytes + 2, (uint16_t)(value >> 16));
}
