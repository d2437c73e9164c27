#include "unix-socket.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

/**
 * Fills the address with a path through /proc/self/fd when the real one does not fit: sun_path has 108 bytes, and
 * sandbox directories lie deep. Returns the directory's descriptor to close afterwards, -2 when none was needed.
 */
static int address_of(const char *path, struct sockaddr_un *address) {
    *address = (struct sockaddr_un){.sun_family = AF_UNIX};
    if (strlen(path) < sizeof(address->sun_path)) {
        strcpy(address->sun_path, path);
        return -2;
    }
    const char *slash = strrchr(path, '/');
    char directory[4096];
    if (!slash || (size_t)(slash - path) >= sizeof(directory)) {
        errno = ENAMETOOLONG;
        return -1;
    }
    memcpy(directory, path, (size_t)(slash - path));
    directory[slash - path] = '\0';
    int fd = open(directory, O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0) return -1;
    int length = snprintf(address->sun_path, sizeof(address->sun_path), "/proc/self/fd/%d%s", fd, slash);
    if (length < (int)sizeof(address->sun_path)) return fd;
    close(fd);
    errno = ENAMETOOLONG;
    return -1;
}

int unix_listen(const char *path) {
    struct sockaddr_un address;
    int directory = address_of(path, &address);
    if (directory == -1) return -1;
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    unlink(path);
    mode_t mask = umask(0177);
    if (fd >= 0 && (bind(fd, (struct sockaddr *)&address, sizeof(address)) < 0 || listen(fd, 128) < 0)) {
        int error = errno;
        close(fd);
        errno = error;
        fd = -1;
    }
    umask(mask);
    if (directory >= 0) close(directory);
    return fd;
}

int unix_connect(const char *path) {
    struct sockaddr_un address;
    int directory = address_of(path, &address);
    if (directory == -1) return -1;
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd >= 0 && connect(fd, (struct sockaddr *)&address, sizeof(address)) < 0) {
        int error = errno;
        close(fd);
        errno = error;
        fd = -1;
    }
    if (directory >= 0) close(directory);
    return fd;
}

int unix_send_fd(int socket, int fd, const char *name) {
    union {
        struct cmsghdr header;
        char space[CMSG_SPACE(sizeof(int))];
    } control = {0};
    struct iovec text = {.iov_base = (void *)(uintptr_t)name, .iov_len = strlen(name)};
    struct msghdr message = {
        .msg_iov = &text, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof(control)};
    control.header =
        (struct cmsghdr){.cmsg_level = SOL_SOCKET, .cmsg_type = SCM_RIGHTS, .cmsg_len = CMSG_LEN(sizeof(int))};
    memcpy(CMSG_DATA(&control.header), &fd, sizeof(fd));
    return sendmsg(socket, &message, MSG_NOSIGNAL) < 0 ? -1 : 0;
}
