#include "mounts.h"

#include "files.h"
#include "modules.h"
#include "operations.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

enum { DATA_SIZE = 4096, MOUNTS_MAX = 256 };

/** OCI mount options that are flags of mount(2); the rest goes to the file system. */
static const struct {
    const char *name;
    unsigned long set;
    unsigned long clear;
} flags[] = {
    {"ro", MS_RDONLY, 0},
    {"rw", 0, MS_RDONLY},
    {"nosuid", MS_NOSUID, 0},
    {"nodev", MS_NODEV, 0},
    {"noexec", MS_NOEXEC, 0},
    {"noatime", MS_NOATIME, 0},
    {"relatime", MS_RELATIME, 0},
    {"strictatime", MS_STRICTATIME, 0},
    {"nodiratime", MS_NODIRATIME, 0},
    {"sync", MS_SYNCHRONOUS, 0},
    {"dirsync", MS_DIRSYNC, 0},
    {"remount", MS_REMOUNT, 0},
    {"bind", MS_BIND, 0},
    {"rbind", MS_BIND | MS_REC, 0},
    {"private", MS_PRIVATE, 0},
    {"rprivate", MS_PRIVATE | MS_REC, 0},
    {"shared", MS_SHARED, 0},
    {"rshared", MS_SHARED | MS_REC, 0},
    {"slave", MS_SLAVE, 0},
    {"rslave", MS_SLAVE | MS_REC, 0},
};

static const unsigned long propagation = MS_PRIVATE | MS_SHARED | MS_SLAVE;

struct mount_request {
    char type[32];
    char source[PATH_SIZE];
    char target[PATH_SIZE];
    char data[DATA_SIZE];
    unsigned long flags;
    unsigned long spread;
    bool create_file;
};

bool disk_with_serial(const char *serial, char *name, size_t size) {
    modules_need("disk");
    DIR *disks = opendir("/sys/block");
    bool found = false;
    for (struct dirent *entry; disks && !found && (entry = readdir(disks));) {
        char path[300], content[64] = "";
        snprintf(path, sizeof(path), "/sys/block/%s/serial", entry->d_name);
        if (strncmp(entry->d_name, "vd", 2) != 0 || !file_read(path, content, sizeof(content))) continue;
        content[strcspn(content, "\n")] = '\0';
        /* virtio-blk serials have 20 bytes. */
        found = strncmp(content, serial, 20) == 0;
        if (found) snprintf(name, size, "%s", entry->d_name);
    }
    if (disks) closedir(disks);
    return found;
}

static bool add_option(struct mount_request *mount, const char *option) {
    for (size_t i = 0; i < sizeof(flags) / sizeof(*flags); i++) {
        if (strcmp(option, flags[i].name) != 0) continue;
        if (flags[i].set & propagation)
            mount->spread = flags[i].set;
        else
            mount->flags = (mount->flags & ~flags[i].clear) | flags[i].set;
        return true;
    }
    size_t used = strlen(mount->data);
    int added = snprintf(mount->data + used, DATA_SIZE - used, "%s%s", used ? "," : "", option);
    return added < (int)(DATA_SIZE - used);
}

/** Makes overlay's own directories: a fresh scratch disk is empty. */
static void make_overlay_directories(const char *data) {
    static const char *const names[] = {"upperdir=", "workdir="};
    for (int i = 0; i < 2; i++) {
        const char *at = strstr(data, names[i]);
        char path[PATH_SIZE];
        if (!at) continue;
        at += strlen(names[i]);
        size_t length = strcspn(at, ",");
        if (length >= sizeof(path)) continue;
        memcpy(path, at, length);
        path[length] = '\0';
        if (path_is_ours(path)) make_directories(path, 0755);
    }
}

static bool parse_mount(const struct request *request, json_ref value, struct mount_request *mount) {
    const struct json *json = &request->json;
    *mount = (struct mount_request){0};
    for (json_ref key = json_first(json, value, JSON_OBJECT); key;) {
        static const char *const known[] = {"type", "source", "target", "options", "create"};
        bool found = false;
        for (int i = 0; i < 5; i++)
            found = found || json_equals(json, key, known[i]);
        if (!found) return false;
        key = json_next(json, value, json_next(json, value, key));
    }
    json_ref source = json_get(json, value, "source"), create = json_get(json, value, "create");
    if (!json_string(json, json_get(json, value, "type"), mount->type, sizeof(mount->type))) return false;
    if (!json_string(json, json_get(json, value, "target"), mount->target, PATH_SIZE)) return false;
    if (source && !json_string(json, source, mount->source, PATH_SIZE)) return false;
    mount->create_file = json_equals(json, create, "file");
    if (create && !mount->create_file && !json_equals(json, create, "directory")) return false;
    json_ref options = json_get(json, value, "options");
    for (json_ref option = json_first(json, options, JSON_ARRAY); option; option = json_next(json, options, option)) {
        char text[DATA_SIZE];
        if (!json_string(json, option, text, sizeof(text)) || !add_option(mount, text)) return false;
    }
    return path_is_ours(mount->target);
}

/** Puts the device, tag or path to mount into `source`. NULL when ready, else what is missing or wrong. */
static const char *resolve_source(struct mount_request *mount) {
    if (strcmp(mount->type, "bind") == 0 || strcmp(mount->type, "rbind") == 0) {
        mount->flags |= MS_BIND | (mount->type[0] == 'r' ? MS_REC : 0);
        return path_is_ours(mount->source) ? NULL : "a bind's source must lie below /run/berth/";
    }
    if (strcmp(mount->type, "9p") == 0) {
        if (!strstr(mount->data, "trans=")) add_option(mount, "trans=virtio");
        if (!strstr(mount->data, "version=")) add_option(mount, "version=9p2000.L");
    }
    if (strcmp(mount->type, "overlay") == 0) make_overlay_directories(mount->data);
    modules_need(mount->type);
    if (strncmp(mount->source, "serial:", 7) != 0) return NULL;
    char name[64];
    if (!disk_with_serial(mount->source + 7, name, sizeof(name))) return "no such disk";
    snprintf(mount->source, PATH_SIZE, "/dev/%s", name);
    return NULL;
}

static bool make_target(const struct mount_request *mount) {
    if (!mount->create_file) return make_directories(mount->target, 0755);
    if (!make_parents(mount->target, 0755)) return false;
    int fd = open(mount->target, O_WRONLY | O_CREAT | O_CLOEXEC, 0644);
    if (fd >= 0) close(fd);
    return fd >= 0;
}

/** Each request to the host costs a way there and back: few large ones read a file several times as fast as many small. */
static void read_far_ahead(const char *target) {
    char path[96];
    struct stat stat;
    if (lstat(target, &stat) < 0) return;
    snprintf(path, sizeof(path), "/sys/class/bdi/%u:%u/read_ahead_kb", major(stat.st_dev), minor(stat.st_dev));
    file_put(path, "1024");
}

static bool perform(const struct mount_request *request) {
    if (!(request->flags & MS_REMOUNT) && !make_target(request)) return false;
    bool bind = request->flags & MS_BIND;
    const char *source = *request->source ? request->source : "none";
    unsigned long first = bind ? request->flags & (MS_BIND | MS_REC) : request->flags;
    if (mount(source, request->target, bind ? NULL : request->type, first, *request->data ? request->data : NULL) < 0)
        return false;
    if (!bind && strcmp(request->type, "virtiofs") == 0) read_far_ahead(request->target);
    /* mount(2): a bind takes no other flag at first; ro and its like need a second call. */
    unsigned long rest = request->flags & ~(unsigned long)(MS_BIND | MS_REC);
    if (bind && rest && mount(NULL, request->target, NULL, MS_REMOUNT | MS_BIND | rest, NULL) < 0) return false;
    return request->spread == 0 || mount(NULL, request->target, NULL, request->spread, NULL) == 0;
}

/** Undoes the first `count` mounts of the list. */
static void undo(struct request *request, json_ref mounts, int count) {
    struct mount_request *mount = malloc(sizeof(*mount));
    for (; mount && count > 0; count--) {
        json_ref value = json_first(&request->json, mounts, JSON_ARRAY);
        for (int i = 1; i < count; i++)
            value = json_next(&request->json, mounts, value);
        if (parse_mount(request, value, mount)) umount2(mount->target, MNT_DETACH);
    }
    free(mount);
}

static enum outcome mount_one(struct request *request, json_ref value, struct mount_request *mount) {
    if (!parse_mount(request, value, mount)) return reply_error(&request->to, "bad-request", "not a valid mount");
    const char *fault = resolve_source(mount);
    bool missing = fault && strncmp(mount->source, "serial:", 7) == 0;
    if (missing && !request->expired) return OP_AGAIN;
    if (fault)
        return reply_error(&request->to, missing ? "no-such-device" : "bad-request", "%s: %s", mount->source, fault);
    if (perform(mount)) {
        request->stage++;
        return OP_DONE;
    }
    return reply_error(&request->to, errno == ENODEV ? "unsupported" : "system", "mount %s (%s) on %s: %s",
                       *mount->source ? mount->source : "none", mount->type, mount->target, strerror(errno));
}

/** `stage` counts the mounts done, so that a disk that is plugged just now is waited for between them. */
enum outcome op_mount(struct request *request) {
    json_ref mounts = json_get(&request->json, request->root, "mounts");
    if (!mounts || mounts->type != JSON_ARRAY || json_count(&request->json, mounts) > MOUNTS_MAX)
        return reply_error(&request->to, "bad-request", "mounts is no list, or too long");
    struct mount_request *mount = malloc(sizeof(*mount));
    if (!mount) return reply_errno(&request->to, "mount");
    int index = 0;
    enum outcome outcome = OP_DONE;
    bool failed = false;
    for (json_ref value = json_first(&request->json, mounts, JSON_ARRAY); value && !failed && outcome == OP_DONE;
         value = json_next(&request->json, mounts, value)) {
        if (index++ < request->stage) continue;
        outcome = mount_one(request, value, mount);
        failed = outcome == OP_DONE && request->stage < index;
    }
    free(mount);
    if (failed) undo(request, mounts, request->stage);
    if (outcome == OP_DONE && !failed) reply_ok(&request->to, NULL);
    return outcome;
}

enum outcome op_unmount(struct request *request) {
    json_ref targets = json_get(&request->json, request->root, "targets");
    for (json_ref target = json_first(&request->json, targets, JSON_ARRAY); target;
         target = json_next(&request->json, targets, target)) {
        char path[PATH_SIZE];
        if (!json_string(&request->json, target, path, sizeof(path)) || !path_is_ours(path))
            return reply_error(&request->to, "bad-request", "a target is no path below /run/berth/");
        if (umount2(path, UMOUNT_NOFOLLOW) < 0 && errno != EINVAL && errno != ENOENT)
            return reply_error(&request->to, "system", "unmount %s: %s", path, strerror(errno));
    }
    return reply_ok(&request->to, NULL), OP_DONE;
}

/** The last mount point of the table at or below the path; false when there is none. See proc_pid_mountinfo(5). */
static bool last_mount_below(const char *path, char target[PATH_SIZE]) {
    FILE *table = fopen("/proc/self/mountinfo", "re");
    char line[3 * PATH_SIZE], point[PATH_SIZE];
    size_t length = strlen(path);
    bool found = false;
    while (table && fgets(line, sizeof(line), table)) {
        if (sscanf(line, "%*d %*d %*s %*s %4095s", point) != 1) continue;
        if (strncmp(point, path, length) != 0 || (point[length] != '\0' && point[length] != '/')) continue;
        strcpy(target, point);
        found = true;
    }
    if (table) fclose(table);
    return found;
}

/** Spaces and the like are written as octal there. */
static void unescape_octal(char *path) {
    char *to = path;
    for (char *from = path; *from; to++) {
        bool octal = from[0] == '\\' && from[1] >= '0' && from[1] <= '3' && from[2] && from[3];
        *to = octal ? (char)((from[1] - '0') << 6 | (from[2] - '0') << 3 | (from[3] - '0')) : *from;
        from += octal ? 4 : 1;
    }
    *to = '\0';
}

void unmount_below(const char *path) {
    char target[PATH_SIZE];
    for (int i = 0; i < 4096 && last_mount_below(path, target); i++) {
        unescape_octal(target);
        if (umount2(target, UMOUNT_NOFOLLOW) < 0 && umount2(target, MNT_DETACH | UMOUNT_NOFOLLOW) < 0) return;
    }
}

static bool describe_disk(const char *serial, struct text *body) {
    char name[64], path[PATH_SIZE], content[32];
    unsigned major, minor;
    if (!disk_with_serial(serial, name, sizeof(name))) return false;
    snprintf(path, sizeof(path), "/sys/block/%s/dev", name);
    if (!file_read(path, content, sizeof(content)) || sscanf(content, "%u:%u", &major, &minor) != 2) return false;
    text_separate(body);
    text_add(body, "{");
    text_string(body, "serial", serial);
    text_string(body, "name", name);
    text_number(body, "major", major);
    text_number(body, "minor", minor);
    text_add(body, "}");
    return true;
}

enum outcome op_block_devices(struct request *request) {
    json_ref serials = json_get(&request->json, request->root, "serials");
    struct text body = {0};
    text_add(&body, "{\"devices\":[");
    for (json_ref value = json_first(&request->json, serials, JSON_ARRAY); value;
         value = json_next(&request->json, serials, value)) {
        char serial[64];
        bool valid = json_string(&request->json, value, serial, sizeof(serial));
        if (valid && describe_disk(serial, &body)) continue;
        text_free(&body);
        if (!valid) return reply_error(&request->to, "bad-request", "serials must be strings");
        if (!request->expired) return OP_AGAIN;
        return reply_error(&request->to, "no-such-device", "no disk with serial %s", serial);
    }
    text_add(&body, "]}");
    return reply_ok(&request->to, &body), OP_DONE;
}
