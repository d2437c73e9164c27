#include "events.h"

#include "channel.h"

#include <string.h>

enum { SUBSCRIBERS = 16 };

static struct {
    uint32_t channel;
    uint32_t lost;
} subscribers[SUBSCRIBERS];

bool events_subscribe(uint32_t channel) {
    for (int i = 0; i < SUBSCRIBERS; i++) {
        if (subscribers[i].channel != 0 && subscribers[i].channel != channel) continue;
        subscribers[i].channel = channel;
        subscribers[i].lost = 0;
        return true;
    }
    return false;
}

void events_unsubscribe(uint32_t channel) {
    for (int i = 0; i < SUBSCRIBERS; i++)
        if (subscribers[i].channel == channel) subscribers[i].channel = 0;
}

void events_unsubscribe_all(void) {
    memset(subscribers, 0, sizeof(subscribers));
}

static void send_to(uint32_t channel, const struct text *event, uint32_t lost) {
    struct text text = {0};
    /* Before the closing brace. */
    text_add_bytes(&text, bytes_front(&event->bytes), event->bytes.length - 1);
    if (lost > 0) text_number(&text, "lost", lost);
    text_add(&text, "}");
    struct frame_header header = {.type = FRAME_EVENT, .channel = channel, .length = (uint32_t)text.bytes.length};
    if (!text.failed && header.length <= FRAME_SMALL_MAX) channel_send(&header, bytes_front(&text.bytes));
    text_free(&text);
}

void events_send(struct text *event) {
    for (int i = 0; i < SUBSCRIBERS && !event->failed; i++) {
        if (subscribers[i].channel == 0) continue;
        if (channel_congested()) {
            subscribers[i].lost++;
            continue;
        }
        send_to(subscribers[i].channel, event, subscribers[i].lost);
        subscribers[i].lost = 0;
    }
    text_free(event);
}
