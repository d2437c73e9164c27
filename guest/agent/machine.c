#include "machine.h"

#include "files.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/random.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/reboot.h>
#include <sys/sysinfo.h>
#include <time.h>
#include <unistd.h>

bool machine_set_clock(int64_t realtime_ns) {
    struct timespec now = {.tv_sec = realtime_ns / 1000000000, .tv_nsec = realtime_ns % 1000000000};
    return clock_settime(CLOCK_REALTIME, &now) == 0;
}

bool machine_seed_random(const unsigned char *seed, size_t size) {
    struct {
        struct rand_pool_info info;
        unsigned char bytes[256];
    } pool = {.info = {.entropy_count = (int)size * 8, .buf_size = (int)size}};
    if (size > sizeof(pool.bytes)) {
        errno = EINVAL;
        return false;
    }
    /* `bytes` follows the flexible array's place: random(4), RNDADDENTROPY. */
    memcpy(pool.info.buf, seed, size);
    int fd = open("/dev/urandom", O_WRONLY | O_CLOEXEC);
    if (fd < 0) return false;
    bool done = ioctl(fd, RNDADDENTROPY, &pool) == 0 && ioctl(fd, RNDRESEEDCRNG, NULL) == 0;
    int error = errno;
    close(fd);
    errno = error;
    return done;
}

int machine_cpu_count(void) {
    return (int)sysconf(_SC_NPROCESSORS_ONLN);
}

uint64_t machine_memory_bytes(void) {
    struct sysinfo info;
    sysinfo(&info);
    return (uint64_t)info.totalram * info.mem_unit;
}

bool machine_online_cpus(int wanted) {
    for (int cpu = 1; machine_cpu_count() < wanted && cpu < 4096; cpu++) {
        char path[64];
        snprintf(path, sizeof(path), "/sys/devices/system/cpu/cpu%d", cpu);
        if (access(path, F_OK) < 0) continue;
        strcat(path, "/online");
        file_put(path, "1");
    }
    return machine_cpu_count() >= wanted;
}

bool machine_online_memory(void) {
    DIR *blocks = opendir("/sys/devices/system/memory");
    if (!blocks) return false;
    bool done = true;
    for (struct dirent *entry; (entry = readdir(blocks));) {
        char path[300], state[16] = "";
        snprintf(path, sizeof(path), "/sys/devices/system/memory/%s/state", entry->d_name);
        if (strncmp(entry->d_name, "memory", 6) != 0 || !file_read(path, state, sizeof(state))) continue;
        if (strncmp(state, "offline", 7) == 0 && !file_put(path, "online")) done = false;
    }
    closedir(blocks);
    return done;
}

_Noreturn void machine_power_off(void) {
    sync();
    reboot(RB_POWER_OFF);
    _exit(0);
}
