/* Mounts that the host asks for. */
#ifndef BERTH_MOUNTS_H
#define BERTH_MOUNTS_H

#include "request.h"

/** Unmounts everything at and below the directory, the last mounted first. */
void unmount_below(const char *path);

/** The name (`vdb`) of the virtio-blk disk with this serial; false while there is none. */
bool disk_with_serial(const char *serial, char *name, size_t size);

#endif
