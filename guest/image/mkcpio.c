/*
 * Writes a cpio archive (newc: Documentation/driver-api/early-userspace/buffer-format.rst) from a list on stdin. The
 * archive depends on nothing but the list and the files' contents, and device nodes need no privilege.
 *
 *   dir PATH MODE | file PATH MODE SOURCE | link PATH TARGET | char PATH MODE MAJOR MINOR
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { LINE = 8192 };

static unsigned inode = 1;
static size_t written;

static void put(const void *data, size_t size) {
    if (fwrite(data, 1, size, stdout) != size) {
        perror("mkcpio: write");
        exit(1);
    }
    written += size;
}

static void pad(void) {
    static const char zeros[4];
    put(zeros, (4 - written % 4) % 4);
}

static void header(const char *path, unsigned mode, size_t size, unsigned major, unsigned minor) {
    unsigned fields[13] = {inode++, mode, 0, 0, 1, 0, (unsigned)size, 0, 0, major, minor, (unsigned)strlen(path) + 1,
                           0};
    char text[9];
    put("070701", 6);
    for (int i = 0; i < 13; i++) {
        snprintf(text, sizeof(text), "%08X", fields[i]);
        put(text, 8);
    }
    put(path, strlen(path) + 1);
    pad();
}

static void add_file(const char *path, unsigned mode, const char *source) {
    FILE *file = fopen(source, "rb");
    struct stat status;
    if (!file || fstat(fileno(file), &status) < 0) {
        fprintf(stderr, "mkcpio: cannot read %s\n", source);
        exit(1);
    }
    size_t size = (size_t)status.st_size;
    char *content = malloc(size + 1);
    if (!content || fread(content, 1, size, file) != size) {
        fprintf(stderr, "mkcpio: cannot read %s\n", source);
        exit(1);
    }
    fclose(file);
    header(path, S_IFREG | mode, size, 0, 0);
    put(content, size);
    pad();
    free(content);
}

static void add_link(const char *path, const char *target) {
    header(path, S_IFLNK | 0777, strlen(target), 0, 0);
    put(target, strlen(target));
    pad();
}

int main(void) {
    char line[LINE], path[LINE], other[LINE];
    unsigned mode, major, minor;
    while (fgets(line, sizeof(line), stdin)) {
        if (sscanf(line, "dir %s %o", path, &mode) == 2) {
            header(path, S_IFDIR | mode, 0, 0, 0);
        } else if (sscanf(line, "file %s %o %s", path, &mode, other) == 3) {
            add_file(path, mode, other);
        } else if (sscanf(line, "link %s %s", path, other) == 2) {
            add_link(path, other);
        } else if (sscanf(line, "char %s %o %u %u", path, &mode, &major, &minor) == 4) {
            header(path, S_IFCHR | mode, 0, major, minor);
        } else {
            fprintf(stderr, "mkcpio: cannot understand: %s", line);
            return 1;
        }
    }
    header("TRAILER!!!", 0, 0, 0, 0);
    return fflush(stdout) == 0 ? 0 : 1;
}
