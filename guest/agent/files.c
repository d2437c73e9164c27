#include "files.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PATH_MOST = 4096 };

bool file_read(const char *path, char *buffer, size_t size) {
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) return false;
    size_t length = 0;
    ssize_t got = 0;
    while (length < size - 1 && (got = read(fd, buffer + length, size - 1 - length)) > 0)
        length += (size_t)got;
    int error = errno;
    close(fd);
    buffer[length] = '\0';
    errno = error;
    return length > 0 || got == 0;
}

bool file_put(const char *path, const char *text) {
    int fd = open(path, O_WRONLY | O_CLOEXEC);
    if (fd < 0) return false;
    ssize_t written = write(fd, text, strlen(text));
    int error = errno;
    close(fd);
    errno = error;
    return written == (ssize_t)strlen(text);
}

static bool write_all(int fd, const char *data, size_t size) {
    while (size > 0) {
        ssize_t written = write(fd, data, size);
        if (written < 0 && errno == EINTR) continue;
        if (written <= 0) return false;
        data += written;
        size -= (size_t)written;
    }
    return true;
}

bool file_replace(const char *path, const void *data, size_t size, mode_t mode, uid_t uid, gid_t gid) {
    char aside[PATH_MOST];
    if (snprintf(aside, sizeof(aside), "%s.new", path) >= (int)sizeof(aside)) {
        errno = ENAMETOOLONG;
        return false;
    }
    unlink(aside);
    int fd = open(aside, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (fd < 0) return false;
    bool done = write_all(fd, data, size) && fchown(fd, uid, gid) == 0 && fchmod(fd, mode) == 0;
    done = close(fd) == 0 && done && rename(aside, path) == 0;
    int error = errno;
    if (!done) unlink(aside);
    errno = error;
    return done;
}

bool make_directories(const char *path, mode_t mode) {
    char part[PATH_MOST];
    if (strlen(path) >= sizeof(part)) {
        errno = ENAMETOOLONG;
        return false;
    }
    strcpy(part, path);
    for (char *slash = part + 1; (slash = strchr(slash, '/')); slash++) {
        *slash = '\0';
        if (mkdir(part, mode) < 0 && errno != EEXIST) return false;
        *slash = '/';
    }
    return mkdir(part, mode) == 0 || errno == EEXIST;
}

bool make_parents(const char *path, mode_t mode) {
    char part[PATH_MOST];
    const char *slash = strrchr(path, '/');
    if (!slash || (size_t)(slash - path) >= sizeof(part)) {
        errno = ENAMETOOLONG;
        return false;
    }
    if (slash == path) return true;
    memcpy(part, path, (size_t)(slash - path));
    part[slash - path] = '\0';
    return make_directories(part, mode);
}

static void remove_below(int directory, dev_t device) {
    DIR *entries = fdopendir(directory);
    if (!entries) {
        close(directory);
        return;
    }
    for (struct dirent *entry; (entry = readdir(entries));) {
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0) continue;
        if (unlinkat(directory, entry->d_name, 0) == 0) continue;
        int below = openat(directory, entry->d_name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
        if (below < 0) continue;
        struct stat status;
        if (fstat(below, &status) == 0 && status.st_dev == device)
            remove_below(below, device);
        else
            close(below);
        unlinkat(directory, entry->d_name, AT_REMOVEDIR);
    }
    closedir(entries);
}

void remove_tree(const char *path) {
    int fd = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    struct stat status;
    if (fd >= 0 && fstat(fd, &status) == 0) remove_below(fd, status.st_dev);
    if (rmdir(path) < 0) unlink(path);
}

bool passes_link(const char *path) {
    char part[PATH_MOST];
    if (strlen(path) >= sizeof(part)) return true;
    strcpy(part, path);
    for (char *slash = part; slash; slash = strchr(slash + 1, '/')) {
        char *next = strchr(slash + 1, '/');
        if (next) *next = '\0';
        struct stat status;
        bool link = lstat(part, &status) == 0 && S_ISLNK(status.st_mode);
        if (next) *next = '/';
        if (link) return true;
    }
    return false;
}
