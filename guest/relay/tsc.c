/*
 * An emulated guest sees the host's counter, but must find its rate by counting while a timer runs; on a busy host it
 * is interrupted meanwhile and gets it wrong by any factor, and then its clock runs that much too fast. The kernel
 * parameter tsc_early_khz tells it instead.
 */
#include "tsc.h"

#include <stdint.h>
#include <time.h>

#if defined(__x86_64__)
#include <x86intrin.h>

struct sample {
    uint64_t ticks;
    uint64_t ns;
};

static uint64_t now_ns(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC_RAW, &now);
    return (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
}

/** Of several readings the one that took least: nothing came between its two clocks. */
static struct sample take_sample(void) {
    struct sample best = {0};
    uint64_t shortest = UINT64_MAX;
    for (int i = 0; i < 50; i++) {
        uint64_t before = now_ns(), ticks = __rdtsc(), took = now_ns() - before;
        if (took >= shortest) continue;
        shortest = took;
        best = (struct sample){ticks, before + took / 2};
    }
    return best;
}

unsigned long tsc_khz(void) {
    struct sample from = take_sample();
    struct timespec pause = {.tv_nsec = 10000000};
    nanosleep(&pause, NULL);
    struct sample to = take_sample();
    return (unsigned long)((to.ticks - from.ticks) * 1000000 / (to.ns - from.ns));
}
#else
unsigned long tsc_khz(void) {
    return 0;
}
#endif
