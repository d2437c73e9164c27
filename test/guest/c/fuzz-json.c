/* The agent's JSON reader and the OCI process object, for libFuzzer or fuzz-driver.c. */
#include "../../../guest/agent/exec-spec.h"
#include "../../../guest/agent/json.h"
#include "check.h"

#include <string.h>

static void visit(const struct json *json) {
    char text[256];
    for (size_t i = 0; i < json->count; i++) {
        const struct json_value *value = &json->values[i];
        CHECK(value->start <= value->end && value->next > i && value->next <= json->count);
        int64_t number;
        json_string(json, value, text, sizeof(text));
        free(json_copy_string(json, value));
        json_integer(json, value, INT64_MIN, INT64_MAX, &number);
        json_count(json, value);
        json_get(json, value, "args");
    }
}

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size);
int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size) {
    /* The first byte is the driver's choice for other targets. In memory of exactly its size: a read beyond the end
     * is seen. */
    if (size > 0) data++, size--;
    char *copy = malloc(size + 1);
    memcpy(copy, data, size);
    char *exact = realloc(copy, size > 0 ? size : 1);
    struct json json;
    if (!json_parse(&json, exact, size)) visit(&json);
    json_free(&json);
    struct exec_spec spec;
    exec_spec_parse(&spec, exact, size);
    exec_spec_free(&spec);
    free(exact);
    return 0;
}

const struct piece {
    const char *bytes;
    size_t size;
} pieces[] = {
    {"{\"args\":[\"sh\",\"-c\"],\"cwd\":\"/\",\"env\":[\"A=\\u00e9\\n\"]}", 50},
    {"{\"user\":{\"uid\":1,\"gid\":4294967294,\"additionalGids\":[1,2]}}", 59},
    {"\"rlimits\":[{\"type\":\"RLIMIT_NOFILE\",\"soft\":-1,\"hard\":18446744073709551615}]", 74},
    {"\"capabilities\":{\"bounding\":[\"CAP_KILL\",\"CAP_BPF\"]}", 50},
    {"\"\\ud83d\\ude00\\ud83d\"", 20},
    {"[[[[", 4},
    {"]]]]", 4},
    {",", 1},
    {"{", 1},
    {"}", 1},
    {":", 1},
    {"null", 4},
    {"-0.5e+7", 7},
    {NULL, 0},
};
