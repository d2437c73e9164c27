#include "text.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

void text_add_bytes(struct text *text, const void *data, size_t size) {
    if (!bytes_append(&text->bytes, data, size)) text->failed = true;
}

void text_add(struct text *text, const char *string) {
    text_add_bytes(text, string, strlen(string));
}

void text_format(struct text *text, const char *format, ...) {
    char buffer[4096];
    va_list arguments;
    va_start(arguments, format);
    int length = vsnprintf(buffer, sizeof(buffer), format, arguments);
    va_end(arguments);
    if (length < 0 || length >= (int)sizeof(buffer))
        text->failed = true;
    else
        text_add_bytes(text, buffer, (size_t)length);
}

/** Length of the UTF-8 sequence at the front, 0 when it is none (RFC 3629: no overlong forms, no surrogates). */
static size_t utf8_length(const unsigned char *s) {
    if (s[0] < 0x80) return 1;
    if (s[0] >= 0xC2 && s[0] <= 0xDF) return (s[1] & 0xC0) == 0x80 ? 2 : 0;
    if ((s[0] & 0xF0) == 0xE0) {
        if ((s[1] & 0xC0) != 0x80 || (s[2] & 0xC0) != 0x80) return 0;
        bool overlong = s[0] == 0xE0 && s[1] < 0xA0, surrogate = s[0] == 0xED && s[1] > 0x9F;
        return overlong || surrogate ? 0 : 3;
    }
    if (s[0] < 0xF0 || s[0] > 0xF4) return 0;
    if ((s[1] & 0xC0) != 0x80 || (s[2] & 0xC0) != 0x80 || (s[3] & 0xC0) != 0x80) return 0;
    return (s[0] == 0xF0 && s[1] < 0x90) || (s[0] == 0xF4 && s[1] > 0x8F) ? 0 : 4;
}

void text_json(struct text *text, const char *string) {
    text_add(text, "\"");
    for (const unsigned char *at = (const unsigned char *)string; *at;) {
        size_t length = utf8_length(at);
        if (*at == '"' || *at == '\\')
            text_format(text, "\\%c", *at);
        else if (*at < ' ' || *at == 0x7f)
            text_format(text, "\\u%04x", *at);
        else if (length == 0)
            text_add(text, "\xEF\xBF\xBD");
        else
            text_add_bytes(text, at, length);
        at += length ? length : 1;
    }
    text_add(text, "\"");
}

void text_separate(struct text *text) {
    if (text->bytes.length == 0) return;
    unsigned char last = bytes_front(&text->bytes)[text->bytes.length - 1];
    if (last != '{' && last != '[') text_add(text, ",");
}

void text_member(struct text *text, const char *name) {
    text_separate(text);
    text_json(text, name);
    text_add(text, ":");
}

void text_number(struct text *text, const char *name, uint64_t value) {
    text_member(text, name);
    text_format(text, "%" PRIu64, value);
}

void text_string(struct text *text, const char *name, const char *value) {
    text_member(text, name);
    text_json(text, value);
}

void text_boolean(struct text *text, const char *name, bool value) {
    text_member(text, name);
    text_add(text, value ? "true" : "false");
}

void text_free(struct text *text) {
    bytes_free(&text->bytes);
    text->failed = false;
}
