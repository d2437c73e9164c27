/* A queue of bytes: appended at the end, consumed at the front, bounded by whoever appends. */
#ifndef BERTH_BYTES_H
#define BERTH_BYTES_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

struct bytes {
    unsigned char *data;
    size_t start;
    size_t length;
    size_t capacity;
};

/** Room for `size` bytes at the end; what is put there counts after bytes_added(). NULL without memory. */
unsigned char *bytes_room(struct bytes *bytes, size_t size);
void bytes_added(struct bytes *bytes, size_t size);

/** Appends a copy; false without memory (nothing is appended then). */
bool bytes_append(struct bytes *bytes, const void *data, size_t size);

static inline unsigned char *bytes_front(const struct bytes *bytes) {
    return bytes->data + bytes->start;
}

/** Drops `size` bytes at the front; an empty queue gives its memory back when it had grown large. */
void bytes_consume(struct bytes *bytes, size_t size);

/** Writes as much as the descriptor takes and consumes it. -1 with errno on failure other than EAGAIN. */
int bytes_write(struct bytes *bytes, int fd);

void bytes_free(struct bytes *bytes);

#endif
