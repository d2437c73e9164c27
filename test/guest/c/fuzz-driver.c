/*
 * Runs a fuzz target without libFuzzer: random sequences of its pieces, mutated. Bounded by rounds and repeatable by
 * seed.   fuzz-TARGET ROUNDS SEED
 */
#include "check.h"

#include <stdint.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size);
struct piece {
    const char *bytes;
    size_t size;
};
extern const struct piece pieces[];

static uint64_t state;

/** xorshift64* */
static uint32_t random_below(uint32_t limit) {
    state ^= state >> 12;
    state ^= state << 25;
    state ^= state >> 27;
    return (uint32_t)((state * 2685821657736338717ull) >> 33) % limit;
}

static size_t make_input(unsigned char *input, size_t most) {
    uint32_t count = 0;
    while (pieces[count].bytes)
        count++;
    size_t size = 0;
    input[size++] = (unsigned char)random_below(4);
    for (uint32_t i = random_below(12); i > 0; i--) {
        const struct piece *piece = &pieces[random_below(count)];
        if (size + piece->size > most) break;
        memcpy(input + size, piece->bytes, piece->size);
        size += piece->size;
    }
    for (uint32_t i = random_below(5); i > 0; i--) {
        uint32_t at = random_below((uint32_t)size);
        switch (random_below(4)) {
        case 0:
            input[at] = (unsigned char)random_below(256);
            break;
        case 1:
            input[at] ^= (unsigned char)(1 << random_below(8));
            break;
        case 2:
            input[at] = random_below(2) ? 0xff : 0;
            break;
        default:
            size = at + 1;
        }
    }
    return size;
}

int main(int argc, char **argv) {
    CHECK(argc == 3);
    static unsigned char input[4096];
    state = strtoull(argv[2], NULL, 10) * 2 + 1;
    for (long rounds = atol(argv[1]); rounds > 0; rounds--)
        LLVMFuzzerTestOneInput(input, make_input(input, sizeof(input)));
    return 0;
}
