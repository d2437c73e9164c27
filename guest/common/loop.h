/* One epoll loop per program: level-triggered, single-threaded. See epoll(7). */
#ifndef BERTH_LOOP_H
#define BERTH_LOOP_H

#include <stdbool.h>
#include <stdint.h>

struct watch;
typedef void watch_handler(struct watch *watch, uint32_t events);

/** A watched descriptor, embedded in its owner; `owner` is for the handler. */
struct watch {
    int fd;
    uint32_t events;
    watch_handler *ready;
    void *owner;
};

/** A point in time at which to call back; embedded in its owner, re-armed by hand. */
struct timer {
    uint64_t deadline_ms;
    void (*due)(struct timer *timer);
    void *owner;
    struct timer *next;
    bool armed;
};

void loop_open(void);

/** Starts watching. `events` may be 0: only EPOLLERR and EPOLLHUP are reported then. False with errno on failure. */
bool watch_add(struct watch *watch, int fd, uint32_t events, watch_handler *ready, void *owner);
void watch_change(struct watch *watch, uint32_t events);
/** Stops watching; the descriptor stays open. Harmless when not watched (fd below 0 or never added). */
void watch_remove(struct watch *watch);

void timer_set(struct timer *timer, uint64_t after_ms);
void timer_cancel(struct timer *timer);
uint64_t monotonic_ms(void);
uint64_t monotonic_us(void);

/** Runs one due timer or handles one event, waiting at most `timeout_ms` (-1: for ever). True when it did something. */
bool loop_turn(int timeout_ms);

/** Handles events until `stop` is true. */
void loop_run(const bool *stop);

#endif
