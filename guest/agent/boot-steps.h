/* When the steps of the boot ended, for whoever asks where the time of a start goes. */
#ifndef BERTH_BOOT_STEPS_H
#define BERTH_BOOT_STEPS_H

#include "text.h"

/** Ends a step. It began when the one before it ended; the first began with the kernel's clock. `name` stays valid. */
void boot_step_done(const char *name);

/** `,"boot":[{"name":…,"startUs":…,"endUs":…}…]` */
void boot_steps_describe(struct text *text);

#endif
