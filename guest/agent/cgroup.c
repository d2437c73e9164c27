#include "cgroup.h"

#include "../common/loop.h"
#include "events.h"
#include "files.h"
#include "process.h"

#include <dirent.h>
#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/inotify.h>
#include <unistd.h>

#define ROOT "/sys/fs/cgroup"
enum { NESTING = 16 };

static struct watch inotify;

static void file_of(const struct container *container, const char *name, char path[PATH_SIZE]) {
    snprintf(path, PATH_SIZE, ROOT "%s/%s", container->cgroup, name);
}

static bool read_file(const struct container *container, const char *name, char *buffer, size_t size) {
    char path[PATH_SIZE];
    file_of(container, name, path);
    return *container->cgroup && file_read(path, buffer, size);
}

static bool put_file(const struct container *container, const char *name, const char *text) {
    char path[PATH_SIZE];
    file_of(container, name, path);
    errno = ENOENT;
    return *container->cgroup && file_put(path, text);
}

/** The number behind a key of a flat-keyed file; 0 without it. */
static uint64_t keyed(const char *content, const char *key) {
    size_t length = strlen(key);
    for (const char *line = content; line; line = strchr(line, '\n')) {
        if (*line == '\n') line++;
        if (strncmp(line, key, length) == 0 && line[length] == ' ') return strtoull(line + length, NULL, 10);
    }
    return 0;
}

static uint64_t oom_kills(const struct container *container) {
    char content[512];
    return read_file(container, "memory.events", content, sizeof(content)) ? keyed(content, "oom_kill") : 0;
}

static void send_oom(struct container *container) {
    uint64_t kills = oom_kills(container);
    if (kills <= container->oom_kills) return;
    container->oom_kills = kills;
    struct text event = {0};
    text_add(&event, "{\"type\":\"oom\"");
    text_string(&event, "container", container->id);
    text_number(&event, "count", kills);
    text_add(&event, "}");
    events_send(&event);
}

static void events_changed(struct watch *watch, uint32_t events) {
    (void)events;
    char buffer[1024] __attribute__((aligned(8)));
    ssize_t got = read(watch->fd, buffer, sizeof(buffer));
    for (char *at = buffer; at < buffer + got;) {
        struct inotify_event *event = (struct inotify_event *)at;
        for (struct container *container = container_first(); container; container = container->next)
            if (container->oom_watch == event->wd) send_oom(container);
        at += sizeof(*event) + event->len;
    }
}

bool cgroup_adopt(struct container *container, pid_t pid) {
    char path[PATH_SIZE], content[PATH_SIZE];
    snprintf(path, sizeof(path), "/proc/%d/cgroup", (int)pid);
    if (!file_read(path, content, sizeof(content))) return false;
    char *place = strstr(content, "0::/");
    errno = ENOENT;
    if (!place) return false;
    place += 3;
    place[strcspn(place, "\n")] = '\0';
    if (strlen(place) >= sizeof(container->cgroup) || strcmp(place, "/") == 0) return false;
    strcpy(container->cgroup, place);

    if (!inotify.ready && !watch_add(&inotify, inotify_init1(IN_CLOEXEC | IN_NONBLOCK), EPOLLIN, events_changed, NULL))
        return true;
    file_of(container, "memory.events", path);
    container->oom_watch = inotify_add_watch(inotify.fd, path, IN_MODIFY);
    return true;
}

void cgroup_unwatch(struct container *container) {
    if (container->oom_watch >= 0) inotify_rm_watch(inotify.fd, container->oom_watch);
    container->oom_watch = -1;
}

bool cgroup_was_out_of_memory(const struct container *container) {
    return oom_kills(container) > 0;
}

bool cgroup_freeze(const struct container *container, bool freeze) {
    return put_file(container, "cgroup.freeze", freeze ? "1" : "0");
}

bool cgroup_is_frozen(const struct container *container) {
    char content[256];
    return read_file(container, "cgroup.events", content, sizeof(content)) && keyed(content, "frozen") == 1;
}

bool cgroup_kill(const struct container *container) {
    return put_file(container, "cgroup.kill", "1");
}

/** Calls back for the cgroup's directory and all below, deepest first. */
static void each_directory(const char *path, int depth, void (*callback)(const char *path, void *context),
                           void *context) {
    DIR *entries = depth < NESTING ? opendir(path) : NULL;
    for (struct dirent *entry; entries && (entry = readdir(entries));) {
        if (entry->d_type != DT_DIR || entry->d_name[0] == '.') continue;
        char below[PATH_SIZE];
        if (snprintf(below, sizeof(below), "%s/%s", path, entry->d_name) < (int)sizeof(below))
            each_directory(below, depth + 1, callback, context);
    }
    if (entries) closedir(entries);
    callback(path, context);
}

struct process_visitor {
    void (*callback)(pid_t pid, void *context);
    void *context;
};

static void visit_processes(const char *path, void *context) {
    const struct process_visitor *visitor = context;
    char file[PATH_SIZE + 16];
    snprintf(file, sizeof(file), "%s/cgroup.procs", path);
    FILE *list = fopen(file, "re");
    for (int pid; list && fscanf(list, "%d", &pid) == 1;)
        if (pid > 1) visitor->callback(pid, visitor->context);
    if (list) fclose(list);
}

void cgroup_each_process(const struct container *container, void (*callback)(pid_t pid, void *context), void *context) {
    if (!*container->cgroup) return;
    char path[PATH_SIZE];
    snprintf(path, sizeof(path), ROOT "%s", container->cgroup);
    struct process_visitor visitor = {callback, context};
    each_directory(path, 0, visit_processes, &visitor);
}

static void signal_one(pid_t pid, void *context) {
    kill(pid, *(int *)context);
}

void cgroup_signal(const struct container *container, int signal) {
    cgroup_each_process(container, signal_one, &signal);
}

static void remove_one(const char *path, void *context) {
    (void)context;
    rmdir(path);
}

void cgroup_remove(const struct container *container) {
    if (!*container->cgroup) return;
    char path[PATH_SIZE];
    snprintf(path, sizeof(path), ROOT "%s", container->cgroup);
    each_directory(path, 0, remove_one, NULL);
}

/** A file with one number, or `max`, which means null. */
static void add_single(const struct container *container, struct text *text, const char *name, const char *file) {
    char content[64];
    text_member(text, name);
    if (!read_file(container, file, content, sizeof(content)) || strncmp(content, "max", 3) == 0)
        text_add(text, "null");
    else
        text_format(text, "%" PRIu64, (uint64_t)strtoull(content, NULL, 10));
}

static void add_cpu(const struct container *container, struct text *text) {
    char content[1024] = "";
    read_file(container, "cpu.stat", content, sizeof(content));
    text_add(text, "\"cpu\":{");
    text_number(text, "usageUsec", keyed(content, "usage_usec"));
    text_number(text, "userUsec", keyed(content, "user_usec"));
    text_number(text, "systemUsec", keyed(content, "system_usec"));
    text_number(text, "periods", keyed(content, "nr_periods"));
    text_number(text, "throttledPeriods", keyed(content, "nr_throttled"));
    text_number(text, "throttledUsec", keyed(content, "throttled_usec"));
    text_add(text, "}");
}

static uint64_t number_in(const struct container *container, const char *file) {
    char content[64];
    return read_file(container, file, content, sizeof(content)) ? strtoull(content, NULL, 10) : 0;
}

static void add_memory(const struct container *container, struct text *text) {
    char content[4096] = "";
    read_file(container, "memory.stat", content, sizeof(content));
    text_add(text, ",\"memory\":{");
    text_number(text, "usage", number_in(container, "memory.current"));
    add_single(container, text, "limit", "memory.max");
    add_single(container, text, "peak", "memory.peak");
    text_number(text, "swap", number_in(container, "memory.swap.current"));
    add_single(container, text, "swapLimit", "memory.swap.max");
    text_number(text, "anon", keyed(content, "anon"));
    text_number(text, "file", keyed(content, "file"));
    text_number(text, "kernel", keyed(content, "kernel"));
    text_number(text, "shmem", keyed(content, "shmem"));
    text_number(text, "inactiveFile", keyed(content, "inactive_file"));
    text_number(text, "oomKills", oom_kills(container));
    text_add(text, "}");
}

static void add_io(const struct container *container, struct text *text) {
    char content[4096] = "";
    read_file(container, "io.stat", content, sizeof(content));
    text_add(text, ",\"io\":[");
    for (char *line = strtok(content, "\n"); line; line = strtok(NULL, "\n")) {
        unsigned major, minor;
        uint64_t read_bytes, write_bytes, reads, writes;
        if (sscanf(line, "%u:%u rbytes=%" SCNu64 " wbytes=%" SCNu64 " rios=%" SCNu64 " wios=%" SCNu64, &major, &minor,
                   &read_bytes, &write_bytes, &reads, &writes) != 6)
            continue;
        text_separate(text);
        text_format(text, "{\"device\":\"%u:%u\"", major, minor);
        text_number(text, "readBytes", read_bytes);
        text_number(text, "writeBytes", write_bytes);
        text_number(text, "readOps", reads);
        text_number(text, "writeOps", writes);
        text_add(text, "}");
    }
    text_add(text, "]");
}

/** proc_net_dev: two heading lines, then one per interface. */
static void add_network(struct text *text) {
    char content[8192] = "";
    file_read("/proc/net/dev", content, sizeof(content));
    text_add(text, ",\"network\":[");
    for (char *line = strtok(content, "\n"); line; line = strtok(NULL, "\n")) {
        char name[32];
        uint64_t n[12];
        if (sscanf(line,
                   " %31[^:]: %" SCNu64 " %" SCNu64 " %" SCNu64 " %" SCNu64 " %*u %*u %*u %*u %" SCNu64 " %" SCNu64
                   " %" SCNu64 " %" SCNu64,
                   name, &n[0], &n[1], &n[2], &n[3], &n[4], &n[5], &n[6], &n[7]) != 9)
            continue;
        static const char *const names[] = {"rxBytes", "rxPackets", "rxErrors", "rxDropped",
                                            "txBytes", "txPackets", "txErrors", "txDropped"};
        text_separate(text);
        text_add(text, "{");
        text_string(text, "name", name);
        for (int i = 0; i < 8; i++)
            text_number(text, names[i], n[i]);
        text_add(text, "}");
    }
    text_add(text, "]");
}

void cgroup_stats(const struct container *container, struct text *text) {
    text_add(text, "{");
    add_cpu(container, text);
    add_memory(container, text);
    text_add(text, ",\"pids\":{");
    text_number(text, "current", number_in(container, "pids.current"));
    add_single(container, text, "limit", "pids.max");
    text_add(text, "}");
    add_io(container, text);
    add_network(text);
    text_add(text, "}");
}
