#include "loop.h"

#include <stdlib.h>
#include <sys/epoll.h>
#include <time.h>
#include <unistd.h>

static int epoll_fd = -1;
static struct timer *timers;

void loop_open(void) {
    epoll_fd = epoll_create1(EPOLL_CLOEXEC);
    if (epoll_fd < 0) abort();
}

bool watch_add(struct watch *watch, int fd, uint32_t events, watch_handler *ready, void *owner) {
    *watch = (struct watch){.fd = fd, .events = events, .ready = ready, .owner = owner};
    struct epoll_event event = {.events = events, .data.ptr = watch};
    if (epoll_ctl(epoll_fd, EPOLL_CTL_ADD, fd, &event) == 0) return true;
    watch->ready = NULL;
    return false;
}

void watch_change(struct watch *watch, uint32_t events) {
    if (!watch->ready || watch->events == events) return;
    watch->events = events;
    struct epoll_event event = {.events = events, .data.ptr = watch};
    epoll_ctl(epoll_fd, EPOLL_CTL_MOD, watch->fd, &event);
}

void watch_remove(struct watch *watch) {
    if (!watch->ready) return;
    epoll_ctl(epoll_fd, EPOLL_CTL_DEL, watch->fd, NULL);
    watch->ready = NULL;
}

uint64_t monotonic_ms(void) {
    return monotonic_us() / 1000;
}

uint64_t monotonic_us(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000 + (uint64_t)now.tv_nsec / 1000;
}

void timer_set(struct timer *timer, uint64_t after_ms) {
    timer_cancel(timer);
    timer->deadline_ms = monotonic_ms() + after_ms;
    timer->armed = true;
    struct timer **place = &timers;
    while (*place && (*place)->deadline_ms <= timer->deadline_ms)
        place = &(*place)->next;
    timer->next = *place;
    *place = timer;
}

void timer_cancel(struct timer *timer) {
    if (!timer->armed) return;
    timer->armed = false;
    for (struct timer **place = &timers; *place; place = &(*place)->next) {
        if (*place != timer) continue;
        *place = timer->next;
        return;
    }
}

/** Runs the first timer when it is due. */
static bool run_timer(void) {
    if (!timers || timers->deadline_ms > monotonic_ms()) return false;
    struct timer *due = timers;
    timer_cancel(due);
    due->due(due);
    return true;
}

static int until_next_timer(int otherwise) {
    if (!timers) return otherwise;
    uint64_t now = monotonic_ms();
    uint64_t left = timers->deadline_ms > now ? timers->deadline_ms - now : 0;
    return otherwise >= 0 && (uint64_t)otherwise < left ? otherwise : left > 60000 ? 60000 : (int)left;
}

bool loop_turn(int timeout_ms) {
    /* Not also waiting for an event: what the timer did may be the reason to stop. */
    if (run_timer()) return true;
    /* One event at a time: a handler may free any other watch, so a second event could point to nothing.
     * Ready descriptors go to the end of epoll's list after being reported, which keeps this fair. */
    struct epoll_event event;
    if (epoll_wait(epoll_fd, &event, 1, until_next_timer(timeout_ms)) != 1) return false;
    struct watch *watch = event.data.ptr;
    if (watch->ready) watch->ready(watch, event.events);
    return true;
}

void loop_run(const bool *stop) {
    while (!*stop)
        loop_turn(-1);
}
