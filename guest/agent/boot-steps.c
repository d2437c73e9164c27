#include "boot-steps.h"

#include "../common/loop.h"

enum { MOST_STEPS = 16 };

static struct {
    const char *name;
    uint64_t end_us;
} steps[MOST_STEPS];
static size_t count;

void boot_step_done(const char *name) {
    if (count == MOST_STEPS) return;
    steps[count].name = name;
    steps[count].end_us = monotonic_us();
    count++;
}

void boot_steps_describe(struct text *text) {
    text_add(text, ",\"boot\":[");
    for (size_t i = 0; i < count; i++) {
        text_separate(text);
        text_add(text, "{\"name\":");
        text_json(text, steps[i].name);
        text_number(text, "startUs", i == 0 ? 0 : steps[i - 1].end_us);
        text_number(text, "endUs", steps[i].end_us);
        text_add(text, "}");
    }
    text_add(text, "]");
}
