/* From the kernel's hand to a system that can run containers. */
#ifndef BERTH_BOOT_H
#define BERTH_BOOT_H

/** What the channel needs: a root that can be pivoted, /proc, /sys, /dev, drivers. */
void boot_first(void);
/** What containers need: cgroups, devpts, shm, loopback. */
void boot_rest(void);

#endif
