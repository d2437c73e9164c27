/* Links, addresses and routes of the guest by rtnetlink(7). */
#ifndef BERTH_NETWORK_H
#define BERTH_NETWORK_H

#include "request.h"

/** Sets lo up; at boot. */
void network_loopback(void);

/** The `network` and `dns` members of configure, and its answer. Waits for links that are being plugged. */
enum outcome network_configure(struct request *request);

#endif
