/* Requests of the host and their answers: docs/agent-protocol.md, section 4. */
#ifndef BERTH_REQUEST_H
#define BERTH_REQUEST_H

#include "../common/frame.h"
#include "json.h"
#include "text.h"

/** Where an answer goes. */
struct reply_to {
    uint32_t session;
    uint32_t channel;
    uint32_t serial;
};

struct request {
    struct reply_to to;
    struct json json;
    json_ref root;
    const char *tail;
    size_t tail_length;
    /** True in the last call of an operation that answers OP_AGAIN: say what was waited for. */
    bool expired;
    /** What an operation must remember between calls; it starts at 0. */
    int stage;
};

enum outcome {
    OP_DONE,
    /** Call me again in a few milliseconds with the same request; 5 s in all unless the operation says otherwise. */
    OP_AGAIN,
};

/** Takes a REQUEST frame: parses, checks, runs the operation. */
void request_receive(const struct frame_header *header, const unsigned char *payload);

/** Answers `{"ok":BODY}`; BODY is a JSON object, `{}` for NULL. The text is freed. */
void reply_ok(const struct reply_to *to, struct text *body);
void reply_ok_tail(const struct reply_to *to, struct text *body, const void *tail, size_t tail_length);
/** Answers an error; always OP_DONE, so that an operation can return it. */
enum outcome reply_error(const struct reply_to *to, const char *code, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
/** `system`: "WHAT: errno's text". */
enum outcome reply_errno(const struct reply_to *to, const char *what);

/* Members of the request. Each answers bad-request itself and returns false when it is not what it must be. */
enum { ID_SIZE = 129, PATH_SIZE = 4096 };
bool want_id(const struct request *request, const char *name, char id[ID_SIZE]);
/** An absolute path below /run/berth/ without `.` and `..`. */
bool want_path(const struct request *request, const char *name, char path[PATH_SIZE]);
bool path_is_ours(const char *path);
bool want_integer(const struct request *request, const char *name, int64_t lowest, int64_t highest, int64_t *value);
/** As above; the value is left as it is when the member is missing. */
bool may_integer(const struct request *request, const char *name, int64_t lowest, int64_t highest, int64_t *value);
bool may_boolean(const struct request *request, const char *name, bool *value);

#endif
