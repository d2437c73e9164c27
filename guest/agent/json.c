#include "json.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

struct parser {
    struct json *json;
    const char *at;
    const char *end;
    int depth;
    const char *fault;
};

static uint32_t parse_value(struct parser *parser);

const char *json_parse(struct json *json, const char *text, size_t length) {
    *json = (struct json){.text = text};
    struct parser parser = {.json = json, .at = text, .end = text + length};
    parse_value(&parser);
    while (!parser.fault && parser.at < parser.end && strchr(" \t\r\n", *parser.at) && *parser.at)
        parser.at++;
    if (!parser.fault && parser.at != parser.end) parser.fault = "text after the document";
    if (parser.fault) json->count = 0;
    return parser.fault;
}

void json_free(struct json *json) {
    free(json->values);
    *json = (struct json){0};
}

static bool fail(struct parser *parser, const char *fault) {
    if (!parser->fault) parser->fault = fault;
    return false;
}

/** The next byte that is no white space, not taken; -1 at the end. */
static int peek(struct parser *parser) {
    while (parser->at < parser->end) {
        char c = *parser->at;
        if (c != ' ' && c != '\t' && c != '\r' && c != '\n') return (unsigned char)c;
        parser->at++;
    }
    return -1;
}

static bool take(struct parser *parser, char wanted) {
    if (peek(parser) != (unsigned char)wanted) return fail(parser, "unexpected character");
    parser->at++;
    return true;
}

static uint32_t add_value(struct parser *parser, enum json_type type) {
    struct json *json = parser->json;
    if (json->count >= JSON_VALUES) {
        fail(parser, "too many values");
        return 0;
    }
    if (json->count == json->capacity) {
        size_t capacity = json->capacity ? json->capacity * 2 : 32;
        struct json_value *values = realloc(json->values, capacity * sizeof(*values));
        if (!values) {
            fail(parser, "out of memory");
            return 0;
        }
        json->values = values;
        json->capacity = capacity;
    }
    json->values[json->count] =
        (struct json_value){.type = type, .start = (uint32_t)(parser->at - json->text), .next = 0};
    return (uint32_t)json->count++;
}

static void end_value(struct parser *parser, uint32_t index, const char *end) {
    if (parser->fault) return;
    struct json_value *value = &parser->json->values[index];
    value->end = (uint32_t)(end - parser->json->text);
    value->next = (uint32_t)parser->json->count;
}

static bool is_hex(char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

static bool skip_escape(struct parser *parser) {
    if (parser->at >= parser->end) return fail(parser, "unfinished string");
    char kind = *parser->at++;
    if (kind != 'u') return strchr("\"\\/bfnrt", kind) && kind ? true : fail(parser, "unknown escape");
    for (int i = 0; i < 4; i++, parser->at++)
        if (parser->at >= parser->end || !is_hex(*parser->at)) return fail(parser, "bad \\u escape");
    return true;
}

static void parse_string(struct parser *parser) {
    parser->at++;
    uint32_t index = add_value(parser, JSON_STRING);
    while (!parser->fault) {
        if (parser->at >= parser->end) {
            fail(parser, "unfinished string");
            return;
        }
        unsigned char c = (unsigned char)*parser->at++;
        if (c == '"') break;
        if (c < ' ') fail(parser, "control character in a string");
        if (c == '\\') skip_escape(parser);
    }
    end_value(parser, index, parser->at - 1);
}

static void skip_digits(struct parser *parser) {
    const char *from = parser->at;
    while (parser->at < parser->end && *parser->at >= '0' && *parser->at <= '9')
        parser->at++;
    if (parser->at == from) fail(parser, "a number without digits");
}

static void parse_number(struct parser *parser) {
    uint32_t index = add_value(parser, JSON_NUMBER);
    if (*parser->at == '-') parser->at++;
    bool zero = parser->at < parser->end && *parser->at == '0';
    const char *digits = parser->at;
    skip_digits(parser);
    if (zero && parser->at - digits > 1) fail(parser, "a number with a leading zero");
    if (parser->at < parser->end && *parser->at == '.') {
        parser->at++;
        skip_digits(parser);
    }
    if (parser->at < parser->end && (*parser->at == 'e' || *parser->at == 'E')) {
        parser->at++;
        if (parser->at < parser->end && (*parser->at == '+' || *parser->at == '-')) parser->at++;
        skip_digits(parser);
    }
    end_value(parser, index, parser->at);
}

static void parse_word(struct parser *parser, const char *word, enum json_type type) {
    size_t length = strlen(word);
    uint32_t index = add_value(parser, type);
    if ((size_t)(parser->end - parser->at) < length || memcmp(parser->at, word, length) != 0) {
        fail(parser, "unknown word");
        return;
    }
    parser->at += length;
    end_value(parser, index, parser->at);
}

/** A member's name is a value of its own, before its value. */
static void parse_container(struct parser *parser, char closing, enum json_type type) {
    uint32_t index = add_value(parser, type);
    parser->at++;
    if (++parser->depth > JSON_NESTING) fail(parser, "nested too deeply");
    bool first = true;
    while (!parser->fault && (!first || peek(parser) != (unsigned char)closing)) {
        if (type == JSON_OBJECT) {
            if (peek(parser) != '"') {
                fail(parser, "a member without a name");
                break;
            }
            parse_string(parser);
            if (!take(parser, ':')) break;
        }
        parse_value(parser);
        first = false;
        if (peek(parser) != ',') break;
        parser->at++;
    }
    parser->depth--;
    if (take(parser, closing)) end_value(parser, index, parser->at);
}

static uint32_t parse_value(struct parser *parser) {
    if (parser->fault) return 0;
    switch (peek(parser)) {
    case '{':
        parse_container(parser, '}', JSON_OBJECT);
        break;
    case '[':
        parse_container(parser, ']', JSON_ARRAY);
        break;
    case '"':
        parse_string(parser);
        break;
    case 't':
        parse_word(parser, "true", JSON_TRUE);
        break;
    case 'f':
        parse_word(parser, "false", JSON_FALSE);
        break;
    case 'n':
        parse_word(parser, "null", JSON_NULL);
        break;
    case -1:
        fail(parser, "unexpected end");
        break;
    default:
        if (*parser->at == '-' || (*parser->at >= '0' && *parser->at <= '9'))
            parse_number(parser);
        else
            fail(parser, "unexpected character");
    }
    return 0;
}

static json_ref value_at(const struct json *json, json_ref container, uint32_t index) {
    return index < container->next ? &json->values[index] : NULL;
}

json_ref json_first(const struct json *json, json_ref container, enum json_type type) {
    if (!container || container->type != type) return NULL;
    return value_at(json, container, (uint32_t)(container - json->values) + 1);
}

json_ref json_next(const struct json *json, json_ref container, json_ref element) {
    return value_at(json, container, element->next);
}

size_t json_count(const struct json *json, json_ref container) {
    if (!container || (container->type != JSON_ARRAY && container->type != JSON_OBJECT)) return 0;
    size_t count = 0;
    for (json_ref element = json_first(json, container, container->type); element;
         element = json_next(json, container, element))
        count++;
    return container->type == JSON_OBJECT ? count / 2 : count;
}

json_ref json_get(const struct json *json, json_ref object, const char *name) {
    for (json_ref key = json_first(json, object, JSON_OBJECT); key;) {
        json_ref value = json_next(json, object, key);
        if (json_equals(json, key, name)) return value->type == JSON_NULL ? NULL : value;
        key = json_next(json, object, value);
    }
    return NULL;
}

static uint32_t hex4(const char *text) {
    uint32_t value = 0;
    for (int i = 0; i < 4; i++) {
        char c = text[i];
        value = value << 4 | (uint32_t)(c <= '9' ? c - '0' : (c | 32) - 'a' + 10);
    }
    return value;
}

static size_t put_utf8(char *to, uint32_t point) {
    if (point < 0x80) return to[0] = (char)point, 1;
    if (point < 0x800) return to[0] = (char)(0xC0 | point >> 6), to[1] = (char)(0x80 | (point & 63)), 2;
    size_t at = 0;
    if (point >= 0x10000) {
        to[at++] = (char)(0xF0 | point >> 18);
        to[at++] = (char)(0x80 | (point >> 12 & 63));
    } else {
        to[at++] = (char)(0xE0 | point >> 12);
    }
    to[at++] = (char)(0x80 | (point >> 6 & 63));
    to[at++] = (char)(0x80 | (point & 63));
    return at;
}

/** Takes one escape after its backslash, writes at most 4 bytes, and returns how many; a lone surrogate becomes U+FFFD.
 */
static size_t unescape(const char **at, const char *end, char *to) {
    static const char names[] = "bfnrt", meant[] = "\b\f\n\r\t";
    char kind = *(*at)++;
    if (kind != 'u') {
        const char *known = strchr(names, kind);
        to[0] = known ? meant[known - names] : kind;
        return 1;
    }
    uint32_t point = hex4(*at);
    *at += 4;
    if (point < 0xD800 || point > 0xDFFF) return put_utf8(to, point);
    if (point < 0xDC00 && end - *at >= 6 && (*at)[0] == '\\' && (*at)[1] == 'u') {
        uint32_t low = hex4(*at + 2);
        if (low >= 0xDC00 && low <= 0xDFFF) {
            *at += 6;
            return put_utf8(to, 0x10000 + ((point - 0xD800) << 10) + (low - 0xDC00));
        }
    }
    return put_utf8(to, 0xFFFD);
}

bool json_string(const struct json *json, json_ref value, char *buffer, size_t size) {
    if (!value || value->type != JSON_STRING || size == 0) return false;
    const char *at = json->text + value->start, *end = json->text + value->end;
    size_t length = 0;
    while (at < end) {
        char piece[4];
        size_t add = 1;
        piece[0] = *at++;
        if (piece[0] == '\\') add = unescape(&at, end, piece);
        if (length + add >= size || piece[0] == '\0') return false;
        memcpy(buffer + length, piece, add);
        length += add;
    }
    buffer[length] = '\0';
    return true;
}

char *json_copy_string(const struct json *json, json_ref value) {
    if (!value || value->type != JSON_STRING) return NULL;
    /* Unescaped text is never longer. */
    size_t size = value->end - value->start + 5;
    char *copy = malloc(size);
    if (copy && json_string(json, value, copy, size)) return copy;
    free(copy);
    return NULL;
}

bool json_equals(const struct json *json, json_ref value, const char *text) {
    if (!value || value->type != JSON_STRING) return false;
    size_t length = value->end - value->start;
    if (!memchr(json->text + value->start, '\\', length))
        return strlen(text) == length && memcmp(json->text + value->start, text, length) == 0;
    char *plain = json_copy_string(json, value);
    bool equal = plain && strcmp(plain, text) == 0;
    free(plain);
    return equal;
}

bool json_integer(const struct json *json, json_ref value, int64_t lowest, int64_t highest, int64_t *result) {
    if (!value || value->type != JSON_NUMBER || value->end - value->start > 20) return false;
    char text[24];
    size_t length = value->end - value->start;
    memcpy(text, json->text + value->start, length);
    text[length] = '\0';
    char *end;
    errno = 0;
    long long number = strtoll(text, &end, 10);
    if (*end || errno || number < lowest || number > highest) return false;
    *result = number;
    return true;
}

bool json_boolean(json_ref value, bool *result) {
    if (!value || (value->type != JSON_TRUE && value->type != JSON_FALSE)) return false;
    *result = value->type == JSON_TRUE;
    return true;
}
