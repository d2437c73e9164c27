/* An OCI process object (runtime-spec, config.md, "Process"), read for a process that joins a running container. */
#ifndef BERTH_EXEC_SPEC_H
#define BERTH_EXEC_SPEC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/resource.h>
#include <sys/types.h>

enum { GROUPS_MAX = 256, RLIMITS = 16 };

struct exec_spec {
    char **args;
    char **env;
    char *cwd;
    uid_t uid;
    gid_t gid;
    gid_t groups[GROUPS_MAX];
    size_t group_count;
    mode_t umask;
    bool no_new_privileges;
    bool has_capabilities;
    /** Bit n is capability n. */
    uint64_t bounding, effective, permitted, inheritable, ambient;
    struct rlimit limits[RLIMITS];
    bool has_limit[RLIMITS];
    int oom_score_adjust;
    bool has_oom_score_adjust;
};

/** Returns NULL, or what is wrong. Must be freed in both cases. */
const char *exec_spec_parse(struct exec_spec *spec, const char *text, size_t length);
void exec_spec_free(struct exec_spec *spec);

#endif
