/* What the agent says about itself. */
#ifndef BERTH_HELLO_H
#define BERTH_HELLO_H

#include "text.h"

/** Adds the HELLO object. */
void hello_describe(struct text *text);

#endif
