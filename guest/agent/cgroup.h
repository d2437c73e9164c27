/* What the agent does with a container's cgroup itself; the OCI runtime makes it. See cgroups(7), cgroup-v2.rst. */
#ifndef BERTH_CGROUP_H
#define BERTH_CGROUP_H

#include "text.h"

#include <stdbool.h>
#include <sys/types.h>

struct container;

/** Learns the container's cgroup from its init, and watches it for killed processes. False with errno. */
bool cgroup_adopt(struct container *container, pid_t pid);
void cgroup_unwatch(struct container *container);
bool cgroup_was_out_of_memory(const struct container *container);

/** Asks for it; cgroup_is_frozen() tells when all have stopped. False with errno. */
bool cgroup_freeze(const struct container *container, bool freeze);
bool cgroup_is_frozen(const struct container *container);

/** Kills all its processes at once; false with errno. */
bool cgroup_kill(const struct container *container);
/** Sends a signal to each process. */
void cgroup_signal(const struct container *container, int signal);
void cgroup_remove(const struct container *container);

/** Adds `{…}` as docs/agent-protocol.md, section 6 lists it. */
void cgroup_stats(const struct container *container, struct text *text);

/** Calls back for each process, nested cgroups included. */
void cgroup_each_process(const struct container *container, void (*callback)(pid_t pid, void *context), void *context);

#endif
