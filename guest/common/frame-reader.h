/* Cuts a byte stream into frames. */
#ifndef BERTH_FRAME_READER_H
#define BERTH_FRAME_READER_H

#include "bytes.h"
#include "frame.h"

/** Takes one frame; the payload is valid during the call. Returns NULL, or the reason why the sender must be cut off.
 */
typedef const char *frame_handler(void *context, const struct frame_header *header, const unsigned char *payload);

struct frame_reader {
    struct bytes waiting;
    enum frame_sender sender;
};

/** Where to read the next bytes to, and how many at most. Never more than one frame and 64 KiB is held. */
unsigned char *frame_reader_room(struct frame_reader *reader, size_t *room);

/** Counts `size` bytes as read and hands on every complete frame. Returns NULL or the first fault. */
const char *frame_reader_added(struct frame_reader *reader, size_t size, frame_handler *handler, void *context);

enum reading { READ_SOME, READ_NONE, READ_END, READ_FAULT };

/** One read(2) from the descriptor, and the frames it completed. */
enum reading frame_reader_read(struct frame_reader *reader, int fd, frame_handler *handler, void *context,
                               const char **fault);

#endif
