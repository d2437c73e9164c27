#include "exec-spec.h"

#include "json.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

/** capabilities(7), in order of their numbers. */
static const char *const capability_names[] = {
    "CHOWN",
    "DAC_OVERRIDE",
    "DAC_READ_SEARCH",
    "FOWNER",
    "FSETID",
    "KILL",
    "SETGID",
    "SETUID",
    "SETPCAP",
    "LINUX_IMMUTABLE",
    "NET_BIND_SERVICE",
    "NET_BROADCAST",
    "NET_ADMIN",
    "NET_RAW",
    "IPC_LOCK",
    "IPC_OWNER",
    "SYS_MODULE",
    "SYS_RAWIO",
    "SYS_CHROOT",
    "SYS_PTRACE",
    "SYS_PACCT",
    "SYS_ADMIN",
    "SYS_BOOT",
    "SYS_NICE",
    "SYS_RESOURCE",
    "SYS_TIME",
    "SYS_TTY_CONFIG",
    "MKNOD",
    "LEASE",
    "AUDIT_WRITE",
    "AUDIT_CONTROL",
    "SETFCAP",
    "MAC_OVERRIDE",
    "MAC_ADMIN",
    "SYSLOG",
    "WAKE_ALARM",
    "BLOCK_SUSPEND",
    "AUDIT_READ",
    "PERFMON",
    "BPF",
    "CHECKPOINT_RESTORE",
};

/** getrlimit(2), by number. */
static const char *const limit_names[RLIMITS] = {
    "CPU",     "FSIZE", "DATA",  "STACK",      "CORE",     "RSS",  "NPROC",  "NOFILE",
    "MEMLOCK", "AS",    "LOCKS", "SIGPENDING", "MSGQUEUE", "NICE", "RTPRIO", "RTTIME",
};

static int index_of(const char *name, const char *prefix, const char *const names[], int count) {
    size_t length = strlen(prefix);
    if (strncasecmp(name, prefix, length) == 0) name += length;
    for (int i = 0; i < count; i++)
        if (strcasecmp(name, names[i]) == 0) return i;
    return -1;
}

static bool parse_strings(const struct json *json, json_ref array, char ***strings) {
    size_t count = 0;
    *strings = calloc(json_count(json, array) + 1, sizeof(char *));
    if (!*strings) return false;
    for (json_ref value = json_first(json, array, JSON_ARRAY); value; value = json_next(json, array, value)) {
        (*strings)[count] = json_copy_string(json, value);
        if (!(*strings)[count++]) return false;
    }
    return true;
}

static bool parse_set(const struct json *json, json_ref capabilities, const char *name, uint64_t *set) {
    json_ref array = json_get(json, capabilities, name);
    for (json_ref value = json_first(json, array, JSON_ARRAY); value; value = json_next(json, array, value)) {
        char text[64];
        if (!json_string(json, value, text, sizeof(text))) return false;
        int number = index_of(text, "CAP_", capability_names, sizeof(capability_names) / sizeof(*capability_names));
        if (number < 0) return false;
        *set |= (uint64_t)1 << number;
    }
    return true;
}

static const char *parse_capabilities(struct exec_spec *spec, const struct json *json, json_ref capabilities) {
    if (!capabilities) return NULL;
    spec->has_capabilities = true;
    bool valid = parse_set(json, capabilities, "bounding", &spec->bounding) &&
                 parse_set(json, capabilities, "effective", &spec->effective) &&
                 parse_set(json, capabilities, "permitted", &spec->permitted) &&
                 parse_set(json, capabilities, "inheritable", &spec->inheritable) &&
                 parse_set(json, capabilities, "ambient", &spec->ambient);
    return valid ? NULL : "unknown capability";
}

/** RLIM_INFINITY is written as 2^64 - 1, which is no int64. */
static bool parse_limit_value(const struct json *json, json_ref value, rlim_t *limit) {
    int64_t number;
    if (json_integer(json, value, -1, INT64_MAX, &number)) return *limit = (rlim_t)number, true;
    if (!value || value->type != JSON_NUMBER) return false;
    static const char infinity[] = "18446744073709551615";
    size_t length = value->end - value->start;
    *limit = RLIM_INFINITY;
    return length == sizeof(infinity) - 1 && memcmp(json->text + value->start, infinity, length) == 0;
}

static const char *parse_limits(struct exec_spec *spec, const struct json *json, json_ref limits) {
    for (json_ref value = json_first(json, limits, JSON_ARRAY); value; value = json_next(json, limits, value)) {
        char name[32];
        if (!json_string(json, json_get(json, value, "type"), name, sizeof(name))) return "a limit without type";
        int number = index_of(name, "RLIMIT_", limit_names, RLIMITS);
        if (number < 0) return "unknown limit";
        struct rlimit *limit = &spec->limits[number];
        if (!parse_limit_value(json, json_get(json, value, "soft"), &limit->rlim_cur)) return "bad soft limit";
        if (!parse_limit_value(json, json_get(json, value, "hard"), &limit->rlim_max)) return "bad hard limit";
        spec->has_limit[number] = true;
    }
    return NULL;
}

static const char *parse_user(struct exec_spec *spec, const struct json *json, json_ref user) {
    int64_t number = 0;
    json_ref value;
    if ((value = json_get(json, user, "uid")) && !json_integer(json, value, 0, UINT32_MAX - 1, &number))
        return "bad uid";
    spec->uid = (uid_t)number;
    number = 0;
    if ((value = json_get(json, user, "gid")) && !json_integer(json, value, 0, UINT32_MAX - 1, &number))
        return "bad gid";
    spec->gid = (gid_t)number;
    number = 0022;
    if ((value = json_get(json, user, "umask")) && !json_integer(json, value, 0, 0777, &number)) return "bad umask";
    spec->umask = (mode_t)number;
    json_ref groups = json_get(json, user, "additionalGids");
    for (value = json_first(json, groups, JSON_ARRAY); value; value = json_next(json, groups, value)) {
        if (spec->group_count == GROUPS_MAX) return "too many groups";
        if (!json_integer(json, value, 0, UINT32_MAX - 1, &number)) return "bad group";
        spec->groups[spec->group_count++] = (gid_t)number;
    }
    return NULL;
}

/** What cannot be done must not be dropped silently. `terminal` and `consoleSize` come with the request. */
static const char *check_members(const struct json *json, json_ref process) {
    static const char *const known[] = {"terminal",
                                        "consoleSize",
                                        "user",
                                        "args",
                                        "env",
                                        "cwd",
                                        "capabilities",
                                        "rlimits",
                                        "noNewPrivileges",
                                        "oomScoreAdj",
                                        "apparmorProfile",
                                        "selinuxLabel"};
    for (json_ref key = json_first(json, process, JSON_OBJECT); key;) {
        json_ref value = json_next(json, process, key);
        bool found = value->type == JSON_NULL;
        for (size_t i = 0; i < sizeof(known) / sizeof(*known) && !found; i++)
            found = json_equals(json, key, known[i]);
        if (!found) return "a member that is not supported for exec";
        key = json_next(json, process, value);
    }
    json_ref label = json_get(json, process, "apparmorProfile");
    if (label && !json_equals(json, label, "")) return "apparmorProfile: not in the guest's kernel";
    label = json_get(json, process, "selinuxLabel");
    return label && !json_equals(json, label, "") ? "selinuxLabel: not in the guest's kernel" : NULL;
}

static const char *parse_members(struct exec_spec *spec, const struct json *json, json_ref process) {
    const char *fault = check_members(json, process);
    if (fault) return fault;
    json_ref value = json_get(json, process, "args");
    if (json_count(json, value) == 0 || !parse_strings(json, value, &spec->args)) return "args must be strings";
    if (!parse_strings(json, json_get(json, process, "env"), &spec->env)) return "env must be strings";
    spec->cwd = json_copy_string(json, json_get(json, process, "cwd"));
    if (!spec->cwd || spec->cwd[0] != '/') return "cwd must be an absolute path";
    value = json_get(json, process, "noNewPrivileges");
    if (value && !json_boolean(value, &spec->no_new_privileges)) return "noNewPrivileges must be true or false";
    int64_t number;
    value = json_get(json, process, "oomScoreAdj");
    if (value && !json_integer(json, value, -1000, 1000, &number)) return "oomScoreAdj out of range";
    if (value) spec->has_oom_score_adjust = true, spec->oom_score_adjust = (int)number;
    if ((fault = parse_user(spec, json, json_get(json, process, "user")))) return fault;
    if ((fault = parse_capabilities(spec, json, json_get(json, process, "capabilities")))) return fault;
    return parse_limits(spec, json, json_get(json, process, "rlimits"));
}

const char *exec_spec_parse(struct exec_spec *spec, const char *text, size_t length) {
    *spec = (struct exec_spec){0};
    struct json json;
    const char *fault = json_parse(&json, text, length);
    if (!fault) fault = parse_members(spec, &json, json_root(&json));
    json_free(&json);
    return fault;
}

static void free_strings(char **strings) {
    for (char **string = strings; string && *string; string++)
        free(*string);
    free(strings);
}

void exec_spec_free(struct exec_spec *spec) {
    free_strings(spec->args);
    free_strings(spec->env);
    free(spec->cwd);
}
