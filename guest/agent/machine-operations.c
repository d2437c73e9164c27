/* Operations on the machine and its files. */
#include "cgroup.h"
#include "channel.h"
#include "files.h"
#include "hello.h"
#include "machine.h"
#include "mounts.h"
#include "network.h"
#include "operations.h"
#include "process.h"
#include "runtime.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

enum { FILE_MOST = 900 * 1024, SEED_LEAST = 32, SEED_MOST = 128 };

enum outcome op_ping(struct request *request) {
    struct text body = {0};
    hello_describe(&body);
    return reply_ok(&request->to, &body), OP_DONE;
}

/** Answers and returns false when the time is no number or cannot be set. */
static bool configure_time(struct request *request) {
    json_ref value = json_get(&request->json, request->root, "timeNs");
    char text[32], *end;
    if (!value) return true;
    if (!json_string(&request->json, value, text, sizeof(text)) || !*text ||
        strspn(text, "0123456789") != strlen(text)) {
        reply_error(&request->to, "bad-request", "timeNs is no number of nanoseconds");
        return false;
    }
    if (machine_set_clock(strtoll(text, &end, 10))) return true;
    reply_errno(&request->to, "clock_settime");
    return false;
}

static bool configure_seed(struct request *request) {
    json_ref value = json_get(&request->json, request->root, "seed");
    char hex[2 * SEED_MOST + 1];
    unsigned char seed[SEED_MOST];
    if (!value) return true;
    bool valid = json_string(&request->json, value, hex, sizeof(hex));
    size_t size = valid ? strlen(hex) / 2 : 0;
    valid = valid && size >= SEED_LEAST && strlen(hex) % 2 == 0 && strspn(hex, "0123456789abcdef") == strlen(hex);
    if (!valid) {
        reply_error(&request->to, "bad-request", "seed is not 32 to 128 bytes in hex");
        return false;
    }
    for (size_t i = 0; i < size; i++) {
        char pair[3] = {hex[2 * i], hex[2 * i + 1], '\0'};
        seed[i] = (unsigned char)strtoul(pair, NULL, 16);
    }
    if (machine_seed_random(seed, size)) return true;
    reply_errno(&request->to, "seeding the random number generator");
    return false;
}

static bool configure_hostname(struct request *request) {
    json_ref value = json_get(&request->json, request->root, "hostname");
    char name[65];
    if (!value) return true;
    if (!json_string(&request->json, value, name, sizeof(name))) {
        reply_error(&request->to, "bad-request", "hostname is no string of at most 64 bytes");
        return false;
    }
    if (sethostname(name, strlen(name)) == 0) return true;
    reply_errno(&request->to, "sethostname");
    return false;
}

static bool set_sysctl(struct request *request, json_ref name, json_ref value) {
    char path[PATH_SIZE] = "/proc/sys/", text[1024];
    size_t base = strlen(path);
    if (!json_string(&request->json, name, path + base, sizeof(path) - base) ||
        !json_string(&request->json, value, text, sizeof(text)) || strchr(path + base, '/')) {
        reply_error(&request->to, "bad-request", "sysctl is no map of strings");
        return false;
    }
    for (char *dot = path + base; (dot = strchr(dot, '.'));)
        *dot = '/';
    if (file_put(path, text)) return true;
    reply_errno(&request->to, path);
    return false;
}

static bool configure_sysctl(struct request *request) {
    json_ref map = json_get(&request->json, request->root, "sysctl");
    for (json_ref name = json_first(&request->json, map, JSON_OBJECT); name;) {
        json_ref value = json_next(&request->json, map, name);
        if (!set_sysctl(request, name, value)) return false;
        name = json_next(&request->json, map, value);
    }
    return true;
}

/** The network last: only it may have to wait, and then everything before it is done again, which harms nothing but
 * the clock; so the stage says that it is done. */
enum outcome op_configure(struct request *request) {
    bool first = request->stage == 0;
    if (first && !(configure_seed(request) && configure_time(request) && configure_hostname(request) &&
                   configure_sysctl(request)))
        return OP_DONE;
    request->stage = 1;
    return network_configure(request);
}

enum outcome op_write_file(struct request *request) {
    char path[PATH_SIZE];
    int64_t mode = 0644, uid = 0, gid = 0;
    if (!want_path(request, "path", path) || !may_integer(request, "mode", 0, 07777, &mode) ||
        !may_integer(request, "uid", 0, UINT32_MAX - 1, &uid) || !may_integer(request, "gid", 0, UINT32_MAX - 1, &gid))
        return OP_DONE;
    if (!request->tail || request->tail_length > FILE_MOST)
        return reply_error(&request->to, "bad-request", "no content, or too much");
    if (passes_link(path)) return reply_error(&request->to, "bad-request", "%s: leads through a symbolic link", path);
    if (!make_parents(path, 0755) ||
        !file_replace(path, request->tail, request->tail_length, (mode_t)mode, (uid_t)uid, (gid_t)gid))
        return reply_errno(&request->to, path);
    return reply_ok(&request->to, NULL), OP_DONE;
}

enum outcome op_read_file(struct request *request) {
    char path[PATH_SIZE];
    int64_t offset = 0, length = FILE_MOST;
    if (!want_path(request, "path", path) || !may_integer(request, "offset", 0, INT64_MAX, &offset) ||
        !may_integer(request, "length", 0, FILE_MOST, &length))
        return OP_DONE;
    if (passes_link(path)) return reply_error(&request->to, "bad-request", "%s: leads through a symbolic link", path);
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    if (fd < 0 && errno == ENOENT) return reply_error(&request->to, "no-such-file", "%s", path);
    struct stat status;
    if (fd < 0 || fstat(fd, &status) < 0) return reply_errno(&request->to, path);
    char *content = S_ISREG(status.st_mode) ? malloc((size_t)length + 1) : NULL;
    ssize_t got = content ? pread(fd, content, (size_t)length, offset) : -1;
    close(fd);
    if (got < 0) {
        reply_error(&request->to, "system", "%s cannot be read", path);
    } else {
        struct text body = {0};
        text_format(&body, "{\"size\":%lld}", (long long)status.st_size);
        reply_ok_tail(&request->to, &body, content, (size_t)got);
    }
    free(content);
    return OP_DONE;
}

enum outcome op_online(struct request *request) {
    int64_t cpus = 0;
    bool memory = false;
    if (!may_integer(request, "cpus", 1, 4096, &cpus) || !may_boolean(request, "memory", &memory)) return OP_DONE;
    bool done = (cpus == 0 || machine_online_cpus((int)cpus)) && (!memory || machine_online_memory());
    if (!done && !request->expired) return OP_AGAIN;
    if (!done) return reply_error(&request->to, "no-such-device", "only %d processors", machine_cpu_count());
    struct text body = {0};
    text_add(&body, "{");
    text_number(&body, "cpus", (uint64_t)machine_cpu_count());
    text_number(&body, "memoryBytes", machine_memory_bytes());
    text_add(&body, "}");
    return reply_ok(&request->to, &body), OP_DONE;
}

static enum outcome each_filesystem(struct request *request, unsigned long command) {
    json_ref targets = json_get(&request->json, request->root, "targets");
    for (json_ref target = json_first(&request->json, targets, JSON_ARRAY); target;
         target = json_next(&request->json, targets, target)) {
        char path[PATH_SIZE];
        if (!json_string(&request->json, target, path, sizeof(path)) || !path_is_ours(path))
            return reply_error(&request->to, "bad-request", "a target is no path below /run/berth/");
        int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        bool done = fd >= 0 && ioctl(fd, command, 0) == 0;
        int error = errno;
        if (fd >= 0) close(fd);
        errno = error;
        if (!done) return reply_errno(&request->to, path);
    }
    return reply_ok(&request->to, NULL), OP_DONE;
}

enum outcome op_freeze_filesystems(struct request *request) {
    return each_filesystem(request, FIFREEZE);
}

enum outcome op_thaw_filesystems(struct request *request) {
    return each_filesystem(request, FITHAW);
}

#define BLOCK_DRIVER "/sys/bus/virtio/drivers/virtio_blk"

/** The virtio device (`virtio3`) behind a disk. */
static bool virtio_device(const char *disk, char *name, size_t size) {
    char path[300], target[PATH_SIZE];
    snprintf(path, sizeof(path), "/sys/block/%s/device", disk);
    ssize_t length = readlink(path, target, sizeof(target) - 1);
    if (length <= 0) return false;
    target[length] = '\0';
    const char *slash = strrchr(target, '/');
    snprintf(name, size, "%s", slash ? slash + 1 : target);
    return true;
}

enum outcome op_quiesce(struct request *request) {
    json_ref disks = json_get(&request->json, request->root, "disks");
    for (json_ref value = json_first(&request->json, disks, JSON_ARRAY); value;
         value = json_next(&request->json, disks, value)) {
        char serial[64], disk[64], device[64];
        if (!json_string(&request->json, value, serial, sizeof(serial)))
            return reply_error(&request->to, "bad-request", "disks must be serials");
        if (!disk_with_serial(serial, disk, sizeof(disk)) || !virtio_device(disk, device, sizeof(device)))
            return reply_error(&request->to, "no-such-device", "no disk with serial %s", serial);
        if (!file_put(BLOCK_DRIVER "/unbind", device)) return reply_errno(&request->to, "unbinding a disk");
    }
    return reply_ok(&request->to, NULL), OP_DONE;
}

enum outcome op_rebind(struct request *request) {
    DIR *devices = opendir("/sys/bus/virtio/devices");
    for (struct dirent *entry; devices && (entry = readdir(devices));) {
        char path[300], id[16] = "";
        snprintf(path, sizeof(path), "/sys/bus/virtio/devices/%s/driver", entry->d_name);
        if (entry->d_name[0] == '.' || access(path, F_OK) == 0) continue;
        snprintf(path, sizeof(path), "/sys/bus/virtio/devices/%s/device", entry->d_name);
        /* 2: a block device (virtio specification, section 5). */
        if (file_read(path, id, sizeof(id)) && strtol(id, NULL, 16) == 2) file_put(BLOCK_DRIVER "/bind", entry->d_name);
    }
    if (devices) closedir(devices);
    return reply_ok(&request->to, NULL), OP_DONE;
}

/** Signals every container; true when all of them have ended. */
static bool all_ended(int signal) {
    bool ended = true;
    for (struct container *container = container_first(); container; container = container->next) {
        if (container->init.status == STATUS_STOPPED) continue;
        ended = false;
        if (signal == SIGKILL) {
            cgroup_freeze(container, false);
            cgroup_kill(container);
        } else if (signal) {
            process_signal(&container->init, signal);
        }
    }
    return ended;
}

enum outcome op_shutdown(struct request *request) {
    int64_t patience_ms = 2000;
    enum { RETRY_MS = 2, KILL_PATIENCE_MS = 2000 };
    if (!may_integer(request, "timeoutMs", 0, 50000, &patience_ms)) return OP_DONE;
    int turns = (int)(patience_ms / RETRY_MS);
    int signal = request->stage == 0 ? SIGTERM : request->stage >= turns ? SIGKILL : 0;
    request->stage++;
    bool give_up = request->expired || request->stage > turns + KILL_PATIENCE_MS / RETRY_MS;
    if (!all_ended(signal) && !give_up) return OP_AGAIN;
    while (container_first()) {
        char id[ID_SIZE];
        strcpy(id, container_first()->id);
        container_remove(container_first());
        runtime_clean(id);
    }
    unmount_below("/run/berth");
    reply_ok(&request->to, NULL);
    channel_flush();
    machine_power_off();
}
