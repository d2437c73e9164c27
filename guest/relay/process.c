/* Role `process`: stands on the host for one process in the guest. */
#include "../common/frame-reader.h"
#include "complain.h"
#include "exit-status.h"
#include "output.h"
#include "relay.h"
#include "terminal.h"
#include "unix-socket.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <unistd.h>

enum { WINDOW = 256 * 1024, GRANT_AT = 64 * 1024, INPUT_CHUNK = 32 * 1024, ATTACH_SERIAL = 1 };

struct relay {
    const struct process_options *options;
    int agent;
    int signals;
    struct frame_reader from_agent;
    bool attached;
    bool ready;
    bool ended;
    struct exit_status status;
    uint32_t input_credit;
    bool input_open;
    /** Ports 1 and 2. */
    struct output outputs[3];
};

static bool connect_agent(struct relay *relay);
static void block_signals(struct relay *relay);
static bool take_stdio(struct relay *relay);
static void serve(struct relay *relay);
static _Noreturn void finish(struct relay *relay);

int process_main(const struct process_options *options) {
    static struct relay relay;
    relay.options = options;
    block_signals(&relay);
    if (!connect_agent(&relay)) return 1;
    serve(&relay);
    finish(&relay);
}

/** Tells who waits on the ready descriptor, once. */
static void report(struct relay *relay, const char *line) {
    int fd = relay->options->ready_fd;
    if (fd < 0) return;
    dprintf(fd, "%s\n", line);
    close(fd);
    ((struct process_options *)(uintptr_t)relay->options)->ready_fd = -1;
}

static bool fail(struct relay *relay, const char *what) {
    char line[512];
    snprintf(line, sizeof(line), "error system %s: %s", what, strerror(errno));
    complain("%s", line + strlen("error system "));
    report(relay, line);
    return false;
}

static void send_frame(struct relay *relay, uint8_t type, uint8_t port, uint32_t serial, const void *payload,
                       uint32_t length) {
    unsigned char bytes[FRAME_HEADER];
    struct frame_header header = {.type = type, .port = port, .serial = serial, .length = length};
    frame_encode(bytes, &header);
    struct iovec parts[2] = {{bytes, FRAME_HEADER}, {(void *)(uintptr_t)payload, length}};
    struct msghdr message = {.msg_iov = parts, .msg_iovlen = length > 0 ? 2 : 1};
    /* Blocking: the sandbox relay reads again as soon as the guest does. A broken connection shows when reading. */
    while (parts[0].iov_len + parts[1].iov_len > 0) {
        ssize_t sent = sendmsg(relay->agent, &message, MSG_NOSIGNAL);
        if (sent < 0 && errno == EINTR) continue;
        if (sent < 0) return;
        for (int i = 0; i < 2; i++) {
            size_t part = (size_t)sent < parts[i].iov_len ? (size_t)sent : parts[i].iov_len;
            parts[i].iov_base = (char *)parts[i].iov_base + part;
            parts[i].iov_len -= part;
            sent -= (ssize_t)part;
        }
    }
}

static bool connect_agent(struct relay *relay) {
    const struct process_options *options = relay->options;
    relay->from_agent.sender = FROM_GUEST;
    relay->agent = unix_connect(options->agent);
    if (relay->agent < 0) return fail(relay, options->agent);
    char request[512];
    int length =
        options->exec
            ? snprintf(request, sizeof(request), "{\"op\":\"attach\",\"container\":\"%s\",\"exec\":\"%s\"}",
                       options->container, options->exec)
            : snprintf(request, sizeof(request), "{\"op\":\"attach\",\"container\":\"%s\"}", options->container);
    if (length >= (int)sizeof(request)) {
        errno = ENAMETOOLONG;
        return fail(relay, "id");
    }
    send_frame(relay, FRAME_REQUEST, 0, ATTACH_SERIAL, request, (uint32_t)length);
    return true;
}

/** All of them, from the start: one that comes early waits in the signalfd until the process is attached. */
static void block_signals(struct relay *relay) {
    sigset_t caught;
    sigfillset(&caught);
    sigprocmask(SIG_BLOCK, &caught, NULL);
    sigdelset(&caught, SIGCHLD);
    sigdelset(&caught, SIGPIPE);
    relay->signals = signalfd(-1, &caught, SFD_CLOEXEC | SFD_NONBLOCK);
}

static void send_size(struct relay *relay) {
    struct winsize size;
    if (!terminal_size(&size)) return;
    unsigned char payload[8];
    put_u16(payload, size.ws_row);
    put_u16(payload + 2, size.ws_col);
    put_u16(payload + 4, size.ws_xpixel);
    put_u16(payload + 6, size.ws_ypixel);
    send_frame(relay, FRAME_RESIZE, 0, 0, payload, sizeof(payload));
}

static bool take_stdio(struct relay *relay) {
    const struct process_options *options = relay->options;
    if (options->console_socket && !terminal_make(options->console_socket)) return fail(relay, "console");
    if (options->terminal && !options->console_socket && !terminal_take()) return fail(relay, "terminal");
    int last = options->terminal ? 1 : 2;
    for (int port = 1; port <= last; port++) {
        output_open(&relay->outputs[port], port);
        send_frame(relay, FRAME_CREDIT, (uint8_t)port, WINDOW, NULL, 0);
    }
    if (options->terminal) send_size(relay);
    relay->input_open = true;
    return true;
}

/** The answer to `attach`: ok, or an error that is passed on. The guest wrote it, so it is only ever printed. */
static const char *attach_answered(struct relay *relay, const unsigned char *payload, uint32_t length) {
    static const char ok[] = "{\"ok\":";
    if (length >= sizeof(ok) - 1 && memcmp(payload, ok, sizeof(ok) - 1) == 0) {
        relay->attached = true;
        if (!take_stdio(relay)) return "no stdio";
        relay->ready = true;
        report(relay, "ok");
        return NULL;
    }
    char line[1024];
    int used = snprintf(line, sizeof(line), "error attach ");
    for (uint32_t i = 0; i < length && used < (int)sizeof(line) - 1; i++)
        line[used++] = payload[i] >= ' ' && payload[i] < 0x7f ? (char)payload[i] : '?';
    line[used] = '\0';
    complain("%s", line);
    report(relay, line);
    return "not attached";
}

/** Whoever writes to our stdin gets EPIPE, as from the process itself. /dev/null keeps the number taken. */
static void close_input(struct relay *relay) {
    relay->input_open = false;
    if (relay->options->terminal) return;
    int null = open("/dev/null", O_RDONLY | O_CLOEXEC);
    dup2(null, 0);
    close(null);
}

static const char *agent_frame(void *context, const struct frame_header *header, const unsigned char *payload) {
    struct relay *relay = context;
    if (header->type == FRAME_RESPONSE) {
        if (relay->attached || header->serial != ATTACH_SERIAL) return "unexpected response";
        return attach_answered(relay, payload, header->length);
    }
    if (!relay->attached) return "not attached";
    switch (header->type) {
    case FRAME_DATA:
        return output_add(&relay->outputs[header->port], payload, header->length, WINDOW) ? NULL : "data that nobody takes";
    case FRAME_EOF:
        if (header->port == 0)
            close_input(relay);
        else
            output_end(&relay->outputs[header->port]);
        return NULL;
    case FRAME_CREDIT:
        if (header->serial > FRAME_CREDIT_MAX - relay->input_credit) return "too much credit";
        relay->input_credit += header->serial;
        return NULL;
    case FRAME_EXIT:
        relay->ended = true;
        relay->status.code = get_u32(payload);
        relay->status.signal = get_u32(payload + 4);
        relay->status.out_of_memory = get_u32(payload + 8) & 1;
        return NULL;
    default:
        return NULL;
    }
}

static void read_agent(struct relay *relay) {
    const char *fault;
    enum reading reading = frame_reader_read(&relay->from_agent, relay->agent, agent_frame, relay, &fault);
    if (reading != READ_END && reading != READ_FAULT) return;
    if (relay->ended) return;
    relay->ended = true;
    relay->status = (struct exit_status){.code = 137, .signal = SIGKILL, .lost = true};
}

static void forward_signals(struct relay *relay) {
    struct signalfd_siginfo info;
    while (read(relay->signals, &info, sizeof(info)) == sizeof(info)) {
        if (info.ssi_signo == SIGWINCH && relay->options->terminal)
            send_size(relay);
        else
            send_frame(relay, FRAME_SIGNAL, 0, info.ssi_signo, NULL, 0);
    }
}

static void read_input(struct relay *relay) {
    unsigned char data[INPUT_CHUNK];
    size_t most = relay->input_credit < sizeof(data) ? relay->input_credit : sizeof(data);
    ssize_t got = read(0, data, most);
    if (got < 0 && (errno == EAGAIN || errno == EINTR)) return;
    if (got <= 0) {
        relay->input_open = false;
        send_frame(relay, FRAME_EOF, 0, 0, NULL, 0);
        return;
    }
    relay->input_credit -= (uint32_t)got;
    send_frame(relay, FRAME_DATA, 0, 0, data, (uint32_t)got);
}

static void write_output(struct relay *relay, uint8_t port) {
    struct output *output = &relay->outputs[port];
    if (!output_write(output)) {
        send_frame(relay, FRAME_EOF, port, 0, NULL, 0);
        return;
    }
    /* Not for every write: each grant is a frame through the guest's device. */
    if (output->delivered < GRANT_AT || relay->ended) return;
    send_frame(relay, FRAME_CREDIT, port, (uint32_t)output->delivered, NULL, 0);
    output->delivered = 0;
}

static bool outputs_waiting(const struct relay *relay) {
    return relay->outputs[1].waiting.length > 0 || relay->outputs[2].waiting.length > 0;
}

static void wait_and_act(struct relay *relay) {
    /* poll(2) ignores negative descriptors. */
    bool may_read = relay->input_open && relay->input_credit > 0 && !relay->ended;
    struct pollfd polled[] = {
        {.fd = relay->ended ? -1 : relay->agent, .events = POLLIN},
        {.fd = relay->attached && !relay->ended ? relay->signals : -1, .events = POLLIN},
        {.fd = may_read ? 0 : -1, .events = POLLIN},
        {.fd = relay->outputs[1].waiting.length > 0 ? relay->outputs[1].fd : -1, .events = POLLOUT},
        {.fd = relay->outputs[2].waiting.length > 0 ? relay->outputs[2].fd : -1, .events = POLLOUT},
    };
    if (poll(polled, 5, -1) < 0) return;
    if (polled[3].revents) write_output(relay, 1);
    if (polled[4].revents) write_output(relay, 2);
    if (polled[1].revents) forward_signals(relay);
    if (polled[2].revents) read_input(relay);
    if (polled[0].revents) read_agent(relay);
}

static void serve(struct relay *relay) {
    while (!relay->ended)
        wait_and_act(relay);
    if (!relay->ready) {
        report(relay, "error lost the guest went away");
        _exit(1);
    }
    /* At once, not when the last reader has taken its output: the container has ended now. */
    if (relay->options->exit_file && exit_status_write(&relay->status, relay->options->exit_file) < 0)
        complain("cannot write %s: %s", relay->options->exit_file, strerror(errno));
    /* What a process wrote before its end is delivered however slow its reader is; of a lost one nobody waits for more.
     */
    while (outputs_waiting(relay) && !relay->status.lost)
        wait_and_act(relay);
}

static _Noreturn void finish(struct relay *relay) {
    terminal_restore();
    exit_status_assume(&relay->status);
}
