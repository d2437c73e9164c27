/* The machine itself: clock, random numbers, name, processors, power. */
#ifndef BERTH_MACHINE_H
#define BERTH_MACHINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** All return false with errno. */
bool machine_set_clock(int64_t realtime_ns);
/** Adds host entropy and makes the kernel's generator use it at once: a restored clone has its template's state. */
bool machine_seed_random(const unsigned char *seed, size_t size);
/** Brings processors online until `wanted` are; false when there are not that many yet. */
bool machine_online_cpus(int wanted);
bool machine_online_memory(void);
int machine_cpu_count(void);
uint64_t machine_memory_bytes(void);

/** Unmounts what can be, syncs, powers off. */
_Noreturn void machine_power_off(void);

#endif
