/* What the user has to know, on stderr. */
#ifndef BERTH_RELAY_COMPLAIN_H
#define BERTH_RELAY_COMPLAIN_H

/** Prints `berth-relay: …` to stderr. */
void complain(const char *format, ...) __attribute__((format(printf, 1, 2)));

#endif
