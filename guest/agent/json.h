/* Reads JSON (RFC 8259) without copying it: a document is the text and an array of values in reading order. */
#ifndef BERTH_JSON_H
#define BERTH_JSON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { JSON_NESTING = 32, JSON_VALUES = 65536 };

enum json_type { JSON_NULL, JSON_FALSE, JSON_TRUE, JSON_NUMBER, JSON_STRING, JSON_ARRAY, JSON_OBJECT };

/** `start`, `end`: where its text lies, quotes excluded. `next`: the value after it and all it contains. */
struct json_value {
    enum json_type type;
    uint32_t start;
    uint32_t end;
    uint32_t next;
};

struct json {
    const char *text;
    struct json_value *values;
    size_t count;
    size_t capacity;
};

/** A value of a document, or none (`NULL`): every reader below takes none and answers "not there". */
typedef const struct json_value *json_ref;

/** The text need not end in NUL. Returns NULL, or what is wrong. The document must be freed in both cases. */
const char *json_parse(struct json *json, const char *text, size_t length);
void json_free(struct json *json);

static inline json_ref json_root(const struct json *json) {
    return json->count > 0 ? json->values : NULL;
}

/** The member's value; none when the object is none, no object, or lacks it. `null` counts as lacking. */
json_ref json_get(const struct json *json, json_ref object, const char *name);

/** Elements: `for (json_ref e = json_first(json, array, JSON_ARRAY); e; e = json_next(json, array, e))`. */
json_ref json_first(const struct json *json, json_ref container, enum json_type type);
json_ref json_next(const struct json *json, json_ref container, json_ref element);
size_t json_count(const struct json *json, json_ref container);

/** The unescaped string with a NUL; false when it is no string, has a NUL inside, or does not fit. */
bool json_string(const struct json *json, json_ref value, char *buffer, size_t size);
/** The same in new memory; NULL when it is no string or has a NUL inside. */
char *json_copy_string(const struct json *json, json_ref value);
bool json_equals(const struct json *json, json_ref value, const char *text);

/** An integer within the bounds; false otherwise. */
bool json_integer(const struct json *json, json_ref value, int64_t lowest, int64_t highest, int64_t *result);
bool json_boolean(json_ref value, bool *result);

#endif
