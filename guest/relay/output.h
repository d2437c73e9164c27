/* One output of a process relay: bytes that wait for a descriptor which may not be set non-blocking. */
#ifndef BERTH_OUTPUT_H
#define BERTH_OUTPUT_H

#include "../common/bytes.h"

struct output {
    int fd;
    /** How much one write may be given without blocking. */
    size_t piece;
    struct bytes waiting;
    /** Written since credit was last given back. */
    size_t delivered;
    /** Nobody reads it: what comes is dropped. */
    bool broken;
    /** No more will come: closed once everything is written. */
    bool ended;
};

void output_open(struct output *output, int fd);
/** False when more waits than the window that was granted. */
bool output_add(struct output *output, const void *data, size_t size, size_t window);
void output_end(struct output *output);
/** Writes a piece. False when the reader has gone. */
bool output_write(struct output *output);

#endif
