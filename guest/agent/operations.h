/* Every operation a host can ask for; the table is in operations.c. */
#ifndef BERTH_OPERATIONS_H
#define BERTH_OPERATIONS_H

#include "request.h"

typedef enum outcome operation(struct request *request);

struct operation_entry {
    const char *name;
    operation *run;
    /** Names of the members it knows, separated by spaces. */
    const char *members;
    /** How long it may answer OP_AGAIN. */
    int patience_ms;
};

/** NULL when there is none of this name. */
const struct operation_entry *operation_find(const struct json *json, json_ref name);

/* container-operations.c */
operation op_create, op_start, op_exec, op_attach, op_signal, op_resize, op_wait, op_pause, op_resume, op_update,
    op_stats, op_ps, op_list, op_delete, op_events;
/* machine-operations.c */
operation op_ping, op_configure, op_mount, op_unmount, op_write_file, op_read_file, op_online, op_freeze_filesystems,
    op_thaw_filesystems, op_quiesce, op_rebind, op_block_devices, op_shutdown;

#endif
