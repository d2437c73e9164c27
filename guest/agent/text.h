/* Text that grows, mostly JSON that is written. Out of memory is remembered and answered once, at the end. */
#ifndef BERTH_TEXT_H
#define BERTH_TEXT_H

#include "../common/bytes.h"

#include <stdbool.h>
#include <stdint.h>

struct text {
    struct bytes bytes;
    bool failed;
};

void text_add(struct text *text, const char *string);
void text_add_bytes(struct text *text, const void *data, size_t size);
void text_format(struct text *text, const char *format, ...) __attribute__((format(printf, 2, 3)));

/** A JSON string with its quotes. Bytes that are no UTF-8 become U+FFFD, so that the reader's parser never stumbles. */
void text_json(struct text *text, const char *string);

/** `,"name":` or without the comma after an opening bracket. */
void text_member(struct text *text, const char *name);
void text_number(struct text *text, const char *name, uint64_t value);
void text_string(struct text *text, const char *name, const char *value);
void text_boolean(struct text *text, const char *name, bool value);
/** A comma, unless the last byte opened an array or object. */
void text_separate(struct text *text);

void text_free(struct text *text);

#endif
