#include "terminal.h"
#include "unix-socket.h"

#include <fcntl.h>
#include <stdlib.h>
#include <termios.h>
#include <unistd.h>

static struct termios before;
static bool taken;

/** Every byte passes as it is: the guest's terminal does the editing, echoing and signals. */
static bool make_raw(const struct termios *from) {
    struct termios raw = *from;
    cfmakeraw(&raw);
    return tcsetattr(0, TCSANOW, &raw) == 0;
}

static bool send_master(int master, const char *console_socket) {
    int socket = unix_connect(console_socket);
    if (socket < 0) return false;
    bool sent = unix_send_fd(socket, master, "/dev/ptmx") == 0;
    close(socket);
    return sent;
}

bool terminal_make(const char *console_socket) {
    int master = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
    if (master < 0 || grantpt(master) < 0 || unlockpt(master) < 0) return false;
    char name[64];
    if (ptsname_r(master, name, sizeof(name)) != 0) return false;
    int slave = open(name, O_RDWR | O_NOCTTY | O_CLOEXEC);
    if (slave < 0) return false;
    setsid();
    /* As controlling terminal: then the kernel sends SIGWINCH when whoever holds the master resizes it. */
    if (ioctl(slave, TIOCSCTTY, 0) < 0) return false;
    for (int fd = 0; fd < 3; fd++)
        if (dup2(slave, fd) < 0) return false;
    close(slave);
    struct termios initial;
    if (tcgetattr(0, &initial) < 0 || !make_raw(&initial) || !send_master(master, console_socket)) return false;
    close(master);
    return true;
}

bool terminal_take(void) {
    if (tcgetattr(0, &before) < 0 || !make_raw(&before)) return false;
    taken = true;
    return true;
}

void terminal_restore(void) {
    if (taken) tcsetattr(0, TCSADRAIN, &before);
    taken = false;
}

bool terminal_size(struct winsize *size) {
    return ioctl(0, TIOCGWINSZ, size) == 0 && size->ws_row > 0 && size->ws_col > 0;
}
