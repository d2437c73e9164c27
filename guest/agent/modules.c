#include "modules.h"

#include "trouble.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

static void load(const char *path) {
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0 || (syscall(SYS_finit_module, fd, "", 0) < 0 && errno != EEXIST))
        trouble("module %s: %s", path, strerror(errno));
    if (fd >= 0) close(fd);
}

void modules_need(const char *name) {
    char list[128], line[300];
    if (strchr(name, '/')) return;
    snprintf(list, sizeof(list), "/lib/modules/%s", name);
    FILE *file = fopen(list, "re");
    if (!file) return;
    /* In the order of dependencies, written when the image was made. */
    while (fgets(line, sizeof(line), file)) {
        line[strcspn(line, "\n")] = '\0';
        if (*line) load(line);
    }
    fclose(file);
    unlink(list);
}
