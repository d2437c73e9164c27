#include "hello.h"

#include "../common/frame.h"
#include "../common/loop.h"
#include "files.h"

#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

/** Features that depend on what the guest's kernel and image hold. */
static void add_features(struct text *text) {
    static const char *const filesystems[] = {"9p", "virtiofs", "erofs", "overlay", "ext4"};
    char known[4096] = "";
    file_read("/proc/filesystems", known, sizeof(known));
    text_add(text, ",\"features\":[");
    if (access("/usr/bin/crun", X_OK) == 0) text_add(text, "\"crun\"");
    for (size_t i = 0; i < sizeof(filesystems) / sizeof(*filesystems); i++) {
        char line[32] = "\t";
        strcat(strcat(line, filesystems[i]), "\n");
        if (!strstr(known, line)) continue;
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
    text_add(text, "}");
}
