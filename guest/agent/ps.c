#include "ps.h"

#include "../common/loop.h"
#include "cgroup.h"
#include "files.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct stat_line {
    char state;
    int ppid;
    int tty;
    unsigned long long user_ticks;
    unsigned long long system_ticks;
    unsigned long long start_ticks;
    long rss_pages;
};

static bool read_stat(pid_t pid, struct stat_line *line) {
    char path[64], content[2048];
    snprintf(path, sizeof(path), "/proc/%d/stat", (int)pid);
    if (!file_read(path, content, sizeof(content))) return false;
    /* The name in brackets may contain anything, so from the last bracket on. */
    char *rest = strrchr(content, ')');
    return rest &&
           sscanf(rest + 1, " %c %d %*d %*d %d %*d %*u %*u %*u %*u %*u %llu %llu %*d %*d %*d %*d %*d %*d %llu %*u %ld",
                  &line->state, &line->ppid, &line->tty, &line->user_ticks, &line->system_ticks, &line->start_ticks,
                  &line->rss_pages) == 7;
}

static long status_number(const char *content, const char *key, bool last) {
    const char *line = strstr(content, key);
    if (!line) return 0;
    line += strlen(key);
    char *end;
    long value = strtol(line, &end, 10);
    while (last && *end == '\t')
        value = strtol(end, &end, 10);
    return value;
}

static void add_args(pid_t pid, struct text *text) {
    char path[64], content[4096] = "";
    snprintf(path, sizeof(path), "/proc/%d/cmdline", (int)pid);
    FILE *file = fopen(path, "re");
    size_t length = file ? fread(content, 1, sizeof(content) - 1, file) : 0;
    if (file) fclose(file);
    text_add(text, ",\"args\":[");
    if (length == 0) {
        snprintf(path, sizeof(path), "/proc/%d/comm", (int)pid);
        file_read(path, content, sizeof(content));
        content[strcspn(content, "\n")] = '\0';
        text_json(text, content);
    }
    for (const char *at = content; at < content + length; at += strlen(at) + 1) {
        text_separate(text);
        text_json(text, at);
    }
    text_add(text, "]");
}

static void add_process(pid_t pid, void *context) {
    struct text *text = context;
    struct stat_line line;
    char path[64], status[4096] = "";
    snprintf(path, sizeof(path), "/proc/%d/status", (int)pid);
    if (!read_stat(pid, &line) || !file_read(path, status, sizeof(status))) return;
    char state[2] = {line.state, '\0'};
    text_separate(text);
    text_add(text, "{");
    text_number(text, "pid", (uint64_t)pid);
    text_number(text, "containerPid", (uint64_t)status_number(status, "\nNSpid:\t", true));
    text_number(text, "ppid", (uint64_t)line.ppid);
    text_number(text, "uid", (uint64_t)status_number(status, "\nUid:\t", false));
    text_number(text, "gid", (uint64_t)status_number(status, "\nGid:\t", false));
    text_string(text, "state", state);
    text_number(text, "startTicks", line.start_ticks);
    text_number(text, "userTicks", line.user_ticks);
    text_number(text, "systemTicks", line.system_ticks);
    text_number(text, "rssBytes", (uint64_t)line.rss_pages * (uint64_t)sysconf(_SC_PAGESIZE));
    text_number(text, "tty", (uint64_t)line.tty);
    add_args(pid, text);
    text_add(text, "}");
}

void ps_list(const struct container *container, struct text *text) {
    text_add(text, "{\"processes\":[");
    cgroup_each_process(container, add_process, text);
    text_add(text, "]");
    text_number(text, "ticksPerSecond", (uint64_t)sysconf(_SC_CLK_TCK));
    text_number(text, "uptimeMs", monotonic_ms());
    text_add(text, "}");
}
