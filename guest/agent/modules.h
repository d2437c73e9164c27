/* Kernel modules, loaded when something first needs them. */
#ifndef BERTH_MODULES_H
#define BERTH_MODULES_H

/**
 * Loads what the image's list of this name holds, once. A list that is not there means built in.
 * Names: first, disk, net, rng, and file systems by type.
 */
void modules_need(const char *name);

#endif
