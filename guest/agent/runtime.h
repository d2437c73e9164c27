/* The guest's OCI runtime, crun: makes containers. Starting, signalling and deleting need none of it. */
#ifndef BERTH_RUNTIME_H
#define BERTH_RUNTIME_H

#include "process.h"

/** The bundle's directory. */
void bundle_path(const char *id, const char *name, char path[PATH_SIZE]);

/** Runs `crun create` for the bundle; answers the request when it has ended. */
void runtime_create(struct container *container, bool terminal, const struct reply_to *to);

/** Lets the created init run: writes to the fifo it waits on. False with errno. */
bool runtime_start(struct container *container);

/** Runs `crun update` with OCI resources; answers the request when it has ended. */
void runtime_update(struct container *container, const char *resources, size_t length, const struct reply_to *to);

/** Removes what the runtime and create left: its state, mounts below the bundle, the bundle. */
void runtime_clean(const char *id);

/** The compiled seccomp filter of the container; -1 with ENOENT when it has none. */
int runtime_seccomp_filter(const struct container *container);

#endif
