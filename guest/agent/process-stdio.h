/*
 * The guest's end of a process's stdin, stdout and stderr: pipes or the master of a terminal, and the channel they are
 * attached to. Reading stops without credit, so a reader on the host that stops blocks only its own process.
 */
#ifndef BERTH_STDIO_H
#define BERTH_STDIO_H

#include "../common/bytes.h"
#include "../common/frame.h"
#include "../common/loop.h"

#include <stdbool.h>
#include <sys/ioctl.h>

struct process;

struct stdio {
    struct process *process;
    bool terminal;
    /** Set before the terminal exists, it is given to it then. */
    struct winsize size;
    /** Our ends; -1 when closed. Of a terminal, 0 and 1 are descriptors of the same master. */
    int fds[3];
    struct watch watches[3];
    /** 0 when nobody is attached. */
    uint32_t channel;
    bool kill_on_close;
    uint32_t credit[3];
    struct bytes input;
    /** How much the host may still send, counted as it counts. */
    uint32_t input_granted;
    bool input_ended;
    bool output_ended[3];
    /** The process has ended: what is there is sent, then EXIT. */
    bool finishing;
    bool finished;
};

void stdio_init(struct stdio *stdio, struct process *process);

/** Makes pipes; `theirs` gets the process's ends, to be closed after it was started. False with errno. */
bool stdio_open_pipes(struct stdio *stdio, int theirs[3]);
/** Takes the master of the process's terminal. False with errno. */
bool stdio_open_terminal(struct stdio *stdio, int master);
void stdio_set_size(struct stdio *stdio, uint16_t rows, uint16_t columns, uint16_t x, uint16_t y);

void stdio_attach(struct stdio *stdio, uint32_t channel, bool kill_on_close);
/** The process has ended: sends what is left and EXIT as soon as somebody is attached and has the credit. */
void stdio_finish(struct stdio *stdio);
void stdio_close(struct stdio *stdio);
/** The process's record goes: whoever is attached gets EXIT when it has ended, its output cut short, else CLOSE. */
void stdio_abandon(struct stdio *stdio);

/** For the channel: a frame for a process, a client that went, all clients gone, room again. */
void stdio_frame(const struct frame_header *header, const unsigned char *payload);
void stdio_detach(uint32_t channel);
void stdio_detach_all(void);
void stdio_resume_all(void);

#endif
