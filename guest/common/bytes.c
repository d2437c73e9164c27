#include "bytes.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/** Queues keep at most this much memory while empty. */
enum { KEPT = 160 * 1024 };

unsigned char *bytes_room(struct bytes *bytes, size_t size) {
    if (bytes->start + bytes->length + size <= bytes->capacity) return bytes_front(bytes) + bytes->length;
    if (bytes->start > 0) {
        memmove(bytes->data, bytes_front(bytes), bytes->length);
        bytes->start = 0;
    }
    if (bytes->length + size > bytes->capacity) {
        size_t capacity = (bytes->length + size + 4095) & ~(size_t)4095;
        if (capacity < 2 * bytes->capacity) capacity = 2 * bytes->capacity;
        unsigned char *data = realloc(bytes->data, capacity);
        if (!data) return NULL;
        bytes->data = data;
        bytes->capacity = capacity;
    }
    return bytes->data + bytes->length;
}

void bytes_added(struct bytes *bytes, size_t size) {
    bytes->length += size;
}

bool bytes_append(struct bytes *bytes, const void *data, size_t size) {
    if (size == 0) return true;
    unsigned char *room = bytes_room(bytes, size);
    if (!room) return false;
    memcpy(room, data, size);
    bytes_added(bytes, size);
    return true;
}

void bytes_consume(struct bytes *bytes, size_t size) {
    bytes->start += size;
    bytes->length -= size;
    if (bytes->length > 0) return;
    bytes->start = 0;
    if (bytes->capacity > KEPT) bytes_free(bytes);
}

int bytes_write(struct bytes *bytes, int fd) {
    while (bytes->length > 0) {
        ssize_t written = write(fd, bytes_front(bytes), bytes->length);
        if (written < 0 && errno == EINTR) continue;
        if (written < 0) return errno == EAGAIN ? 0 : -1;
        if (written == 0) return 0;
        bytes_consume(bytes, (size_t)written);
    }
    return 0;
}

void bytes_free(struct bytes *bytes) {
    free(bytes->data);
    *bytes = (struct bytes){0};
}
