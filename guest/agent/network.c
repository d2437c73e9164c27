#include "network.h"

#include "files.h"
#include "modules.h"
#include "netlink.h"

#include <dirent.h>
#include <errno.h>
#include <linux/if.h>
#include <linux/if_addr.h>
#include <linux/neighbour.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>

enum { NAME_SIZE = 16, TEXT_SIZE = 64 };

/** Reads text members of one object; `missing` is set when one that is needed is not there or not valid. */
struct reader {
    const struct json *json;
    json_ref object;
    const char *fault;
};

static bool member(struct reader *reader, const char *name, bool needed, char *text, size_t size) {
    json_ref value = json_get(reader->json, reader->object, name);
    if (value && json_string(reader->json, value, text, size)) return true;
    if (value || needed) reader->fault = name;
    return false;
}

static bool ip_member(struct reader *reader, const char *name, bool needed, struct ip *ip) {
    char text[TEXT_SIZE];
    if (!member(reader, name, needed, text, sizeof(text))) return false;
    if (ip_parse(text, ip)) return true;
    reader->fault = name;
    return false;
}

static int64_t number_member(struct reader *reader, const char *name, int64_t highest, int64_t otherwise) {
    json_ref value = json_get(reader->json, reader->object, name);
    int64_t number = otherwise;
    if (value && !json_integer(reader->json, value, 0, highest, &number)) reader->fault = name;
    return number;
}

/** Index by name, 0 when there is none. */
static int link_index(const char *name) {
    char path[64], content[16];
    snprintf(path, sizeof(path), "/sys/class/net/%.15s/ifindex", name);
    return file_read(path, content, sizeof(content)) ? atoi(content) : 0;
}

static bool find_link(const char *mac, char name[NAME_SIZE]) {
    DIR *links = opendir("/sys/class/net");
    bool found = false;
    for (struct dirent *entry; links && !found && (entry = readdir(links));) {
        char path[300], content[64];
        snprintf(path, sizeof(path), "/sys/class/net/%s/address", entry->d_name);
        if (entry->d_name[0] == '.' || !file_read(path, content, sizeof(content))) continue;
        content[strcspn(content, "\n")] = '\0';
        found = strcasecmp(content, mac) == 0;
        if (found) snprintf(name, NAME_SIZE, "%.15s", entry->d_name);
    }
    if (links) closedir(links);
    return found;
}

static bool change_link(int index, unsigned flags, unsigned mask, const char *name, uint32_t mtu) {
    struct netlink_request request;
    struct ifinfomsg *info = netlink_begin(&request, RTM_NEWLINK, 0, sizeof(*info));
    info->ifi_index = index;
    info->ifi_flags = flags;
    info->ifi_change = mask;
    if (name) netlink_attribute(&request, IFLA_IFNAME, name, strlen(name) + 1);
    if (mtu) netlink_attribute(&request, IFLA_MTU, &mtu, sizeof(mtu));
    return netlink_send(&request);
}

void network_loopback(void) {
    change_link(link_index("lo"), IFF_UP, IFF_UP, NULL, 0);
}

static bool add_address(int index, const struct ip *ip) {
    struct netlink_request request;
    struct ifaddrmsg *address = netlink_begin(&request, RTM_NEWADDR, NLM_F_CREATE | NLM_F_REPLACE, sizeof(*address));
    address->ifa_family = (uint8_t)ip->family;
    address->ifa_prefixlen = (uint8_t)ip->prefix;
    address->ifa_index = (uint32_t)index;
    /* No duplicate address detection: it would keep the address unusable for a second, and the host has done it. */
    if (ip->family == AF_INET6) address->ifa_flags = IFA_F_NODAD;
    netlink_attribute(&request, IFA_ADDRESS, ip->bytes, ip->size);
    netlink_attribute(&request, IFA_LOCAL, ip->bytes, ip->size);
    if (ip->family == AF_INET && ip->prefix < 31) {
        unsigned char broadcast[4];
        for (int i = 0; i < 4; i++) {
            int fixed = ip->prefix - 8 * i;
            unsigned mask = fixed >= 8 ? 0 : fixed <= 0 ? 0xff : 0xffu >> fixed;
            broadcast[i] = (unsigned char)(ip->bytes[i] | mask);
        }
        netlink_attribute(&request, IFA_BROADCAST, broadcast, 4);
    }
    return netlink_send(&request);
}

/** Down and up again loses all IPv6 addresses and routes; IPv4 addresses go one by one. */
static void clear_link(int index, const char *name) {
    change_link(index, 0, IFF_UP, NULL, 0);
    char path[80];
    struct netlink_request request;
    /* promote_secondaries off: deleting the first address of a subnet takes the others along. RTM_DELADDR without an
     * address deletes the first one that matches. */
    snprintf(path, sizeof(path), "/proc/sys/net/ipv4/conf/%.15s/promote_secondaries", name);
    file_put(path, "0");
    for (int i = 0; i < 256; i++) {
        struct ifaddrmsg *address = netlink_begin(&request, RTM_DELADDR, 0, sizeof(*address));
        address->ifa_family = AF_INET;
        address->ifa_index = (uint32_t)index;
        if (!netlink_send(&request)) return;
    }
}

static const char *add_addresses(const struct reader *reader, int index) {
    json_ref addresses = json_get(reader->json, reader->object, "addresses");
    for (json_ref value = json_first(reader->json, addresses, JSON_ARRAY); value;
         value = json_next(reader->json, addresses, value)) {
        char text[TEXT_SIZE];
        struct ip ip;
        errno = EINVAL;
        if (!json_string(reader->json, value, text, sizeof(text)) || !ip_parse(text, &ip) || !add_address(index, &ip))
            return "addresses";
    }
    return NULL;
}

/** Moves another link out of the way that has the name, as cards are found in another order than they are named in. */
static bool name_link(int index, const char *name, uint32_t mtu) {
    int other = link_index(name);
    if (other != 0 && other != index) {
        char aside[NAME_SIZE];
        snprintf(aside, sizeof(aside), "aside%d", other);
        change_link(other, 0, IFF_UP, NULL, 0);
        if (!change_link(other, 0, 0, aside, 0)) return false;
    }
    return change_link(index, 0, 0, name, mtu);
}

enum found { LINK_MISSING, LINK_DONE, LINK_FAILED };

static enum found set_link(struct reader *reader) {
    char mac[TEXT_SIZE], name[NAME_SIZE], now[NAME_SIZE];
    bool no_arp = false;
    json_ref value = json_get(reader->json, reader->object, "noArp");
    if (value && !json_boolean(value, &no_arp)) reader->fault = "noArp";
    uint32_t mtu = (uint32_t)number_member(reader, "mtu", 65535, 0);
    errno = EINVAL;
    if (!member(reader, "mac", true, mac, sizeof(mac)) || !member(reader, "name", true, name, sizeof(name)) ||
        reader->fault)
        return LINK_FAILED;
    if (!find_link(mac, now)) return LINK_MISSING;
    int index = link_index(now);
    clear_link(index, now);
    if (!name_link(index, name, mtu)) return reader->fault = "name or mtu", LINK_FAILED;
    /* Up before the addresses: an IPv6 address added to a link that is down has no route. */
    unsigned flags = IFF_UP | (no_arp ? IFF_NOARP : 0);
    if (!change_link(index, flags, IFF_UP | IFF_NOARP, NULL, 0)) return reader->fault = "up", LINK_FAILED;
    reader->fault = add_addresses(reader, index);
    return reader->fault ? LINK_FAILED : LINK_DONE;
}

static int wanted_link(struct reader *reader) {
    char name[NAME_SIZE];
    if (!member(reader, "link", true, name, sizeof(name))) return 0;
    int index = link_index(name);
    errno = ENODEV;
    if (index == 0) reader->fault = "link";
    return index;
}

static bool add_route(struct reader *reader) {
    struct ip destination, gateway, source;
    bool has_destination = ip_member(reader, "destination", false, &destination);
    bool has_gateway = ip_member(reader, "gateway", false, &gateway);
    bool has_source = ip_member(reader, "source", false, &source);
    uint32_t metric = (uint32_t)number_member(reader, "metric", UINT32_MAX, 0);
    int64_t family = number_member(reader, "family", 6, 0);
    char scope[16] = "";
    bool has_scope = member(reader, "scope", false, scope, sizeof(scope));
    int index = wanted_link(reader);
    if (reader->fault) return false;

    struct netlink_request request;
    /* Behind those to the same destination: two networks may each bring a default route of one metric. */
    struct rtmsg *route = netlink_begin(&request, RTM_NEWROUTE, NLM_F_CREATE | NLM_F_APPEND, sizeof(*route));
    int by_number = family == 6 ? AF_INET6 : AF_INET;
    route->rtm_family = (uint8_t)(has_destination ? destination.family : has_gateway ? gateway.family : by_number);
    route->rtm_dst_len = has_destination ? (uint8_t)destination.prefix : 0;
    route->rtm_table = RT_TABLE_MAIN;
    route->rtm_protocol = RTPROT_STATIC;
    route->rtm_type = RTN_UNICAST;
    bool link_scope = has_scope ? strcmp(scope, "link") == 0 : !has_gateway;
    route->rtm_scope = link_scope ? RT_SCOPE_LINK : RT_SCOPE_UNIVERSE;
    if (has_destination) netlink_attribute(&request, RTA_DST, destination.bytes, destination.size);
    if (has_gateway) netlink_attribute(&request, RTA_GATEWAY, gateway.bytes, gateway.size);
    if (has_source) netlink_attribute(&request, RTA_PREFSRC, source.bytes, source.size);
    if (metric) netlink_attribute(&request, RTA_PRIORITY, &metric, sizeof(metric));
    netlink_attribute(&request, RTA_OIF, &index, sizeof(index));
    if (netlink_send(&request) || errno == EEXIST) return true;
    reader->fault = "route";
    return false;
}

static bool add_neighbour(struct reader *reader) {
    struct ip ip;
    char text[TEXT_SIZE];
    unsigned char mac[6];
    int index = wanted_link(reader);
    if (!ip_member(reader, "address", true, &ip) || !member(reader, "mac", true, text, sizeof(text)) || reader->fault)
        return false;
    if (sscanf(text, "%hhx:%hhx:%hhx:%hhx:%hhx:%hhx", &mac[0], &mac[1], &mac[2], &mac[3], &mac[4], &mac[5]) != 6) {
        reader->fault = "mac";
        return false;
    }
    struct netlink_request request;
    struct ndmsg *neighbour = netlink_begin(&request, RTM_NEWNEIGH, NLM_F_CREATE | NLM_F_REPLACE, sizeof(*neighbour));
    neighbour->ndm_family = (uint8_t)ip.family;
    neighbour->ndm_ifindex = index;
    neighbour->ndm_state = NUD_PERMANENT;
    netlink_attribute(&request, NDA_DST, ip.bytes, ip.size);
    netlink_attribute(&request, NDA_LLADDR, mac, sizeof(mac));
    if (netlink_send(&request)) return true;
    reader->fault = "neighbour";
    return false;
}

/** Runs `step` for each object of the list; the first that fails leaves its fault. */
static const char *each(const struct json *json, json_ref list, bool (*step)(struct reader *reader)) {
    for (json_ref value = json_first(json, list, JSON_ARRAY); value; value = json_next(json, list, value)) {
        struct reader reader = {.json = json, .object = value};
        errno = EINVAL;
        if (!step(&reader)) return reader.fault ? reader.fault : "object";
    }
    return NULL;
}

static void add_lines(const struct json *json, json_ref list, const char *keyword, bool one_line, struct text *text) {
    bool first = true;
    for (json_ref value = json_first(json, list, JSON_ARRAY); value; value = json_next(json, list, value)) {
        char word[256];
        if (!json_string(json, value, word, sizeof(word)) || strpbrk(word, " \n")) continue;
        if (first || !one_line) text_add(text, keyword);
        text_format(text, " %s", word);
        if (!one_line) text_add(text, "\n");
        first = false;
    }
    if (!first && one_line) text_add(text, "\n");
}

/** resolv.conf(5) of the guest itself; containers get theirs by a mount. */
static bool write_resolv_conf(const struct json *json, json_ref dns) {
    struct text text = {0};
    add_lines(json, json_get(json, dns, "search"), "search", true, &text);
    add_lines(json, json_get(json, dns, "servers"), "nameserver", false, &text);
    add_lines(json, json_get(json, dns, "options"), "options", true, &text);
    make_directories("/etc", 0755);
    bool done = file_replace("/etc/resolv.conf", bytes_front(&text.bytes), text.bytes.length, 0644, 0, 0);
    text_free(&text);
    return done;
}

enum outcome network_configure(struct request *request) {
    const struct json *json = &request->json;
    json_ref network = json_get(json, request->root, "network"), dns = json_get(json, request->root, "dns");
    json_ref links = json_get(json, network, "links");
    if (json_count(json, links) > 0) modules_need("net");
    for (json_ref link = json_first(json, links, JSON_ARRAY); link; link = json_next(json, links, link)) {
        struct reader reader = {.json = json, .object = link};
        enum found found = set_link(&reader);
        if (found == LINK_MISSING && !request->expired) return OP_AGAIN;
        if (found == LINK_MISSING) return reply_error(&request->to, "no-such-device", "no network card with that mac");
        if (found == LINK_FAILED)
            return reply_error(&request->to, "system", "network link: %s: %s", reader.fault, strerror(errno));
    }
    const char *fault = each(json, json_get(json, network, "routes"), add_route);
    if (!fault) fault = each(json, json_get(json, network, "neighbours"), add_neighbour);
    if (fault) return reply_error(&request->to, "system", "network: %s: %s", fault, strerror(errno));
    if (dns && !write_resolv_conf(json, dns)) return reply_errno(&request->to, "/etc/resolv.conf");
    return reply_ok(&request->to, NULL), OP_DONE;
}
