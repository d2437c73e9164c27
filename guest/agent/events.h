/* EVENT frames for the channels that asked for them. */
#ifndef BERTH_EVENTS_H
#define BERTH_EVENTS_H

#include "text.h"

#include <stdbool.h>
#include <stdint.h>

/** False when too many have subscribed. */
bool events_subscribe(uint32_t channel);
void events_unsubscribe(uint32_t channel);
void events_unsubscribe_all(void);

/** Sends a JSON object to all subscribers and frees the text. Dropped, and counted, while the host does not read. */
void events_send(struct text *event);

#endif
