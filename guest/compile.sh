#!/bin/sh
# Compiles the agent and the relay.   compile.sh OUTPUT_DIRECTORY
# musl keeps a relay below 200 KiB of memory; glibc's static libraries do where musl-gcc is not installed.
set -eu
cd "$(dirname "$0")"
output=$1
mkdir -p "$output"
# -Wno-format-truncation: snprintf into fixed buffers is how paths and lines are bounded here.
flags="-std=gnu11 -D_GNU_SOURCE -static -s -Wall -Wextra -Werror -Wno-format-truncation"
if command -v musl-gcc >/dev/null 2>&1; then
    compiler=musl-gcc
    # For linux/*.h, which musl's own directory lacks; after it, so that glibc's headers never win.
    flags="$flags -idirafter /usr/include -idirafter /usr/include/$(cc -print-multiarch)"
else
    compiler=cc
fi
# shellcheck disable=SC2086
$compiler $flags -Os -o "$output/berth-relay" relay/*.c common/*.c
# shellcheck disable=SC2086
$compiler $flags -O2 -DAGENT_VERSION="\"$(sed -n 's/^  "version": "\(.*\)",$/\1/p' ../package.json)\"" \
    -o "$output/berth-agent" agent/*.c common/*.c
