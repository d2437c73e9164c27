/* Reads documents, each with its length in decimal and a newline in front; prints for each `ok` or `fault`. */
#include "../../../guest/agent/json.h"
#include "check.h"

int main(void) {
    size_t length;
    while (scanf("%zu", &length) == 1) {
        CHECK(getchar() == '\n');
        char *text = malloc(length + 1);
        CHECK(fread(text, 1, length, stdin) == length);
        struct json json;
        puts(json_parse(&json, text, length) ? "fault" : "ok");
        json_free(&json);
        free(text);
    }
    return 0;
}
