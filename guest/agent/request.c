#include "request.h"

#include "../common/loop.h"
#include "channel.h"
#include "operations.h"
#include "trouble.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { RETRY_MS = 2, WAITING_MAX = 64, ERROR_MAX = 4096 };

/** A request whose operation waits for something, with its own copy of the payload. */
struct waiting {
    struct request request;
    const struct operation_entry *operation;
    uint64_t deadline_ms;
    struct timer timer;
    char payload[];
};

static int waiting_count;

static void try_again(struct timer *timer);

/** Whether the object has only members that the operation knows. */
static bool members_known(const struct request *request, const char *known) {
    const struct json *json = &request->json;
    for (json_ref key = json_first(json, request->root, JSON_OBJECT); key;) {
        size_t length = key->end - key->start;
        const char *name = json->text + key->start;
        bool found = false;
        for (const char *at = known; *at && !found;) {
            size_t word = strcspn(at, " ");
            found = word == length && memcmp(at, name, length) == 0;
            at += word + (at[word] == ' ');
        }
        if (!found) {
            reply_error(&request->to, "bad-request", "unknown member %.*s", (int)(length > 64 ? 64 : length), name);
            return false;
        }
        key = json_next(json, request->root, json_next(json, request->root, key));
    }
    return true;
}

/** Reads the payload into the request: its JSON, and the tail after a NUL. */
static bool parse(struct request *request, const char *payload, size_t length) {
    const char *nul = memchr(payload, '\0', length);
    size_t json_length = nul ? (size_t)(nul - payload) : length;
    const char *fault = json_parse(&request->json, payload, json_length);
    request->root = json_root(&request->json);
    if (!fault && request->root->type != JSON_OBJECT) fault = "no object";
    request->tail = nul ? nul + 1 : NULL;
    request->tail_length = nul ? length - json_length - 1 : 0;
    if (fault) reply_error(&request->to, "bad-request", "%s", fault);
    return !fault;
}

static void keep(const struct request *request, const struct operation_entry *operation, const unsigned char *payload,
                 size_t length) {
    struct waiting *waiting = waiting_count < WAITING_MAX ? malloc(sizeof(*waiting) + length) : NULL;
    if (!waiting) {
        reply_error(&request->to, "limit", "too many operations at once");
        return;
    }
    waiting_count++;
    memcpy(waiting->payload, payload, length);
    waiting->request = (struct request){.to = request->to, .stage = request->stage};
    waiting->operation = operation;
    waiting->deadline_ms = monotonic_ms() + (uint64_t)operation->patience_ms;
    waiting->timer = (struct timer){.due = try_again, .owner = waiting};
    parse(&waiting->request, waiting->payload, length);
    timer_set(&waiting->timer, RETRY_MS);
}

static void try_again(struct timer *timer) {
    struct waiting *waiting = timer->owner;
    waiting->request.expired = monotonic_ms() >= waiting->deadline_ms;
    if (waiting->operation->run(&waiting->request) == OP_AGAIN && !waiting->request.expired) {
        timer_set(timer, RETRY_MS);
        return;
    }
    waiting_count--;
    json_free(&waiting->request.json);
    free(waiting);
}

void request_receive(const struct frame_header *header, const unsigned char *payload) {
    struct request request = {
        .to = {.session = channel_session(), .channel = header->channel, .serial = header->serial}};
    if (parse(&request, (const char *)payload, header->length)) {
        json_ref name = json_get(&request.json, request.root, "op");
        const struct operation_entry *operation = operation_find(&request.json, name);
        if (!operation)
            reply_error(&request.to, "bad-request", "unknown op");
        else if (members_known(&request, operation->members) && operation->run(&request) == OP_AGAIN)
            keep(&request, operation, payload, header->length);
    }
    json_free(&request.json);
}

static void respond(const struct reply_to *to, const struct text *text) {
    if (to->session != channel_session()) return;
    struct frame_header header = {
        .type = FRAME_RESPONSE, .channel = to->channel, .serial = to->serial, .length = (uint32_t)text->bytes.length};
    channel_send(&header, bytes_front(&text->bytes));
}

void reply_ok_tail(const struct reply_to *to, struct text *body, const void *tail, size_t tail_length) {
    struct text text = {0};
    text_add(&text, "{\"ok\":");
    if (body)
        text_add_bytes(&text, bytes_front(&body->bytes), body->bytes.length);
    else
        text_add(&text, "{}");
    text_add(&text, "}");
    if (tail) {
        text_add_bytes(&text, "", 1);
        text_add_bytes(&text, tail, tail_length);
    }
    if (text.failed || (body && body->failed) || text.bytes.length > FRAME_CONTROL_MAX)
        reply_error(to, "limit", "the answer is too long");
    else
        respond(to, &text);
    text_free(&text);
    if (body) text_free(body);
}

void reply_ok(const struct reply_to *to, struct text *body) {
    reply_ok_tail(to, body, NULL, 0);
}

enum outcome reply_error(const struct reply_to *to, const char *code, const char *format, ...) {
    char message[ERROR_MAX];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(message, sizeof(message), format, arguments);
    va_end(arguments);
    struct text text = {0};
    text_add(&text, "{\"error\":{");
    text_string(&text, "code", code);
    text_string(&text, "message", message);
    text_add(&text, "}}");
    if (!text.failed) respond(to, &text);
    text_free(&text);
    return OP_DONE;
}

enum outcome reply_errno(const struct reply_to *to, const char *what) {
    return reply_error(to, "system", "%s: %s", what, strerror(errno));
}

static bool id_fits(const char *id) {
    if (!*id || *id == '.' || *id == '-') return false;
    for (; *id; id++) {
        bool letter = (*id >= 'a' && *id <= 'z') || (*id >= 'A' && *id <= 'Z') || (*id >= '0' && *id <= '9');
        if (!letter && !strchr("_.-", *id)) return false;
    }
    return true;
}

bool want_id(const struct request *request, const char *name, char id[ID_SIZE]) {
    json_ref value = json_get(&request->json, request->root, name);
    if (json_string(&request->json, value, id, ID_SIZE) && id_fits(id)) return true;
    reply_error(&request->to, "bad-request", "%s is not an id", name);
    return false;
}

bool path_is_ours(const char *path) {
    static const char base[] = "/run/berth/";
    if (strncmp(path, base, sizeof(base) - 1) != 0) return false;
    for (const char *at = path; *at;) {
        size_t length = strcspn(++at, "/");
        bool dots = length <= 2 && strspn(at, ".") >= length;
        if (dots) return false;
        at += length;
    }
    return true;
}

bool want_path(const struct request *request, const char *name, char path[PATH_SIZE]) {
    json_ref value = json_get(&request->json, request->root, name);
    if (json_string(&request->json, value, path, PATH_SIZE) && path_is_ours(path)) return true;
    reply_error(&request->to, "bad-request", "%s is no path below /run/berth/", name);
    return false;
}

bool may_integer(const struct request *request, const char *name, int64_t lowest, int64_t highest, int64_t *value) {
    json_ref found = json_get(&request->json, request->root, name);
    if (!found || json_integer(&request->json, found, lowest, highest, value)) return true;
    reply_error(&request->to, "bad-request", "%s is no integer or out of range", name);
    return false;
}

bool want_integer(const struct request *request, const char *name, int64_t lowest, int64_t highest, int64_t *value) {
    if (!json_get(&request->json, request->root, name)) {
        reply_error(&request->to, "bad-request", "%s is missing", name);
        return false;
    }
    return may_integer(request, name, lowest, highest, value);
}

bool may_boolean(const struct request *request, const char *name, bool *value) {
    json_ref found = json_get(&request->json, request->root, name);
    if (!found || json_boolean(found, value)) return true;
    reply_error(&request->to, "bad-request", "%s is not true or false", name);
    return false;
}
