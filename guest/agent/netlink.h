/* Requests of rtnetlink(7), one at a time, acknowledged by the kernel. */
#ifndef BERTH_NETLINK_H
#define BERTH_NETLINK_H

#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct netlink_request {
    struct nlmsghdr header;
    unsigned char body[1024];
};

/** Begins a request with its fixed part (ifinfomsg, ifaddrmsg, rtmsg, ndmsg), which is returned, zeroed. */
void *netlink_begin(struct netlink_request *request, uint16_t type, uint16_t flags, size_t fixed_size);
void netlink_attribute(struct netlink_request *request, uint16_t type, const void *data, size_t size);
/** Sends it and waits for the answer; false with errno. */
bool netlink_send(struct netlink_request *request);

/** An address of either family with its prefix length. */
struct ip {
    int family;
    unsigned char bytes[16];
    size_t size;
    int prefix;
};
/** `10.0.0.2` or `10.0.0.2/24`; without a prefix, the whole address. */
bool ip_parse(const char *text, struct ip *ip);

#endif
