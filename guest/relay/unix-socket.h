/* Unix sockets whose paths may be longer than sun_path. See unix(7). */
#ifndef BERTH_UNIX_SOCKET_H
#define BERTH_UNIX_SOCKET_H

/** A listening stream socket at the path, mode 0600, non-blocking; a stale socket there is replaced. -1 with errno. */
int unix_listen(const char *path);

/** A connected, blocking stream socket. -1 with errno. */
int unix_connect(const char *path);

/** Sends one descriptor with `name` as the message, as runc sends a console. 0, or -1 with errno. */
int unix_send_fd(int socket, int fd, const char *name);

#endif
