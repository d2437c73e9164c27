#include "hello.h"

#include "../common/frame.h"
#include "../common/loop.h"
#include "boot-steps.h"
#include "files.h"

#include <stdio.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

/** Features that depend on what the guest's kernel and image hold. */
static void add_features(struct text *text) {
    static const char *const filesystems[] = {"9p", "virtiofs", "erofs", "overlay", "ext4"};
    char known[4096] = "\n", list[64];
    file_read("/proc/filesystems", known, sizeof(known));
    text_add(text, ",\"features\":[");
    if (access("/usr/bin/crun", X_OK) == 0) text_add(text, "\"crun\"");
    for (size_t i = 0; i < sizeof(filesystems) / sizeof(*filesystems); i++) {
        char line[32];
        snprintf(line, sizeof(line), "\t%s\n", filesystems[i]);
        snprintf(list, sizeof(list), "/lib/modules/%s", filesystems[i]);
        if (!strstr(known, line) && access(list, F_OK) < 0) continue;
        text_separate(text);
        text_json(text, filesystems[i]);
    }
    text_add(text, "]");
}

void hello_describe(struct text *text) {
    struct utsname name;
    uname(&name);
    text_format(text, "{\"protocol\":%d", FRAME_VERSION);
    text_string(text, "agent", AGENT_VERSION);
    text_string(text, "kernel", name.release);
    add_features(text);
    text_number(text, "uptimeMs", monotonic_ms());
    boot_steps_describe(text);
    /* Last: the host compares it with its own clock when the answer comes. */
    text_number(text, "uptimeUs", monotonic_us());
    text_add(text, "}");
}
