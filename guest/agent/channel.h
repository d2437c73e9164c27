/* The virtio port to the host, and the session on it: docs/agent-protocol.md, sections 1 to 3. */
#ifndef BERTH_CHANNEL_H
#define BERTH_CHANNEL_H

#include "../common/frame.h"

#include <sys/types.h>

/** Waits for the port named org.berth.agent, opens it and watches it. Ends the machine when there is none. */
void channel_open(void);

/** Counts sessions: what was asked in an earlier one must not be answered in this. */
uint32_t channel_session(void);

/** Queues a frame; it is written as soon as the host takes it. */
void channel_send(const struct frame_header *header, const void *payload);

/** True when so much waits for the host that producers must stop; stdio_resume_all() is called when it does not. */
bool channel_congested(void);

/**
 * Reads at most `most` bytes from the descriptor straight into the queue, as a DATA frame. Returns what read(2) did:
 * with 0 and -1 nothing is queued.
 */
ssize_t channel_send_from(int fd, uint32_t channel, uint8_t port, size_t most);

/** Writes everything out, blocking: before the machine goes down. */
void channel_flush(void);

#endif
