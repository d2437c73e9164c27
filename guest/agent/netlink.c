#include "netlink.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

void *netlink_begin(struct netlink_request *request, uint16_t type, uint16_t flags, size_t fixed_size) {
    memset(request, 0, sizeof(*request));
    request->header.nlmsg_len = (uint32_t)NLMSG_LENGTH(fixed_size);
    request->header.nlmsg_type = type;
    request->header.nlmsg_flags = (uint16_t)(NLM_F_REQUEST | NLM_F_ACK | flags);
    return request->body;
}

void netlink_attribute(struct netlink_request *request, uint16_t type, const void *data, size_t size) {
    size_t at = NLMSG_ALIGN(request->header.nlmsg_len) - NLMSG_HDRLEN;
    if (at + RTA_SPACE(size) > sizeof(request->body)) abort();
    struct rtattr attribute = {.rta_len = (uint16_t)RTA_LENGTH(size), .rta_type = type};
    memcpy(request->body + at, &attribute, sizeof(attribute));
    memcpy(request->body + at + RTA_LENGTH(0), data, size);
    request->header.nlmsg_len = (uint32_t)(NLMSG_HDRLEN + at + RTA_SPACE(size));
}

bool netlink_send(struct netlink_request *request) {
    int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);
    if (fd < 0) return false;
    struct {
        struct nlmsghdr header;
        struct nlmsgerr error;
        unsigned char rest[1024];
    } answer = {0};
    bool exchanged = send(fd, request, request->header.nlmsg_len, 0) >= 0 && recv(fd, &answer, sizeof(answer), 0) > 0;
    int error = exchanged ? -answer.error.error : errno;
    close(fd);
    errno = exchanged && answer.header.nlmsg_type != NLMSG_ERROR ? EPROTO : error;
    return exchanged && answer.header.nlmsg_type == NLMSG_ERROR && error == 0;
}

bool ip_parse(const char *text, struct ip *ip) {
    char address[64];
    size_t length = strcspn(text, "/");
    if (length >= sizeof(address)) return false;
    memcpy(address, text, length);
    address[length] = '\0';
    *ip = (struct ip){.family = strchr(address, ':') ? AF_INET6 : AF_INET};
    ip->size = ip->family == AF_INET6 ? 16 : 4;
    ip->prefix = (int)ip->size * 8;
    if (inet_pton(ip->family, address, ip->bytes) != 1) return false;
    if (!text[length]) return true;
    char *end;
    long prefix = strtol(text + length + 1, &end, 10);
    if (!text[length + 1] || *end || prefix < 0 || prefix > ip->prefix) return false;
    ip->prefix = (int)prefix;
    return true;
}
