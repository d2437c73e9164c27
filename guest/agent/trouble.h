/* What the agent says on the console, and how it ends when it cannot go on. */
#ifndef BERTH_TROUBLE_H
#define BERTH_TROUBLE_H

void trouble(const char *format, ...) __attribute__((format(printf, 1, 2)));

/** Says why and powers the machine off: the host sees QEMU end and finds the reason in the console log. */
_Noreturn void give_up(const char *format, ...) __attribute__((format(printf, 1, 2)));

#endif
