#include "operations.h"

#include <stddef.h>

static const struct operation_entry table[] = {
    {"ping", op_ping, "op", 0},
    {"configure", op_configure, "op timeNs seed hostname network dns sysctl", 5000},
    {"mount", op_mount, "op mounts", 5000},
    {"unmount", op_unmount, "op targets", 0},
    {"block-devices", op_block_devices, "op serials", 5000},
    {"create", op_create, "op container terminal rows columns", 0},
    {"start", op_start, "op container exec", 0},
    {"exec", op_exec, "op container exec terminal rows columns", 0},
    {"attach", op_attach, "op container exec killOnClose", 0},
    {"signal", op_signal, "op container exec signal all", 0},
    {"resize", op_resize, "op container exec rows columns", 0},
    {"wait", op_wait, "op container exec", 0},
    {"pause", op_pause, "op container", 5000},
    {"resume", op_resume, "op container", 5000},
    {"update", op_update, "op container", 0},
    {"stats", op_stats, "op container", 0},
    {"ps", op_ps, "op container", 0},
    {"list", op_list, "op", 0},
    {"delete", op_delete, "op container exec force", 10000},
    {"events", op_events, "op", 0},
    {"write-file", op_write_file, "op path mode uid gid", 0},
    {"read-file", op_read_file, "op path offset length", 0},
    {"online", op_online, "op cpus memory", 5000},
    {"freeze-filesystems", op_freeze_filesystems, "op targets", 0},
    {"thaw-filesystems", op_thaw_filesystems, "op targets", 0},
    {"quiesce", op_quiesce, "op disks", 0},
    {"rebind", op_rebind, "op", 0},
    {"shutdown", op_shutdown, "op timeoutMs", 60000},
};

const struct operation_entry *operation_find(const struct json *json, json_ref name) {
    for (size_t i = 0; i < sizeof(table) / sizeof(*table); i++)
        if (json_equals(json, name, table[i].name)) return &table[i];
    return NULL;
}
