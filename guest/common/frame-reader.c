#include "frame-reader.h"

#include <errno.h>
#include <unistd.h>

enum { CHUNK = FRAME_DATA_MAX + FRAME_HEADER };

/** Bytes still missing of the frame at the front; 0 when its header is not complete or it is all there. */
static size_t missing(const struct frame_reader *reader) {
    const struct bytes *waiting = &reader->waiting;
    if (waiting->length < FRAME_HEADER) return 0;
    size_t whole = FRAME_HEADER + get_u32(bytes_front(waiting) + 8);
    return whole > waiting->length ? whole - waiting->length : 0;
}

unsigned char *frame_reader_room(struct frame_reader *reader, size_t *room) {
    size_t wanted = missing(reader);
    *room = wanted > CHUNK ? wanted : CHUNK;
    return bytes_room(&reader->waiting, *room);
}

const char *frame_reader_added(struct frame_reader *reader, size_t size, frame_handler *handler, void *context) {
    struct bytes *waiting = &reader->waiting;
    bytes_added(waiting, size);
    while (waiting->length >= FRAME_HEADER) {
        struct frame_header header;
        /* Before the payload is waited for: a bad length must not make us allocate it. */
        const char *fault = frame_decode(&header, bytes_front(waiting), reader->sender);
        if (fault) return fault;
        if (waiting->length < FRAME_HEADER + header.length) break;
        fault = handler(context, &header, bytes_front(waiting) + FRAME_HEADER);
        if (fault) return fault;
        bytes_consume(waiting, FRAME_HEADER + header.length);
    }
    return NULL;
}

enum reading frame_reader_read(struct frame_reader *reader, int fd, frame_handler *handler, void *context,
                               const char **fault) {
    size_t room;
    unsigned char *space = frame_reader_room(reader, &room);
    *fault = "out of memory";
    if (!space) return READ_FAULT;
    ssize_t got = read(fd, space, room);
    if (got < 0) return errno == EAGAIN || errno == EINTR ? READ_NONE : READ_END;
    if (got == 0) return READ_END;
    *fault = frame_reader_added(reader, (size_t)got, handler, context);
    return *fault ? READ_FAULT : READ_SOME;
}
