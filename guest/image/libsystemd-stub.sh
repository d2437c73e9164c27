#!/bin/sh
# Makes a libsystemd.so.0 with the symbols that a program wants from it, each of which only fails.
#   libsystemd-stub.sh PROGRAM OUTPUT
# Debian's crun is linked with libsystemd for its systemd cgroup driver, which is never used in the guest; the real
# library brings five others and half a second of dynamic linking under emulation.
set -eu
program=$1 output=$2
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
nm -D --undefined-only "$program" | sed -n 's/^ *U \(sd_[a-z0-9_]*\)@\(LIBSYSTEMD_[0-9]*\)$/\1 \2/p' | sort -k2 >"$work/wanted"
while read -r symbol _; do
    echo "int $symbol(void) { return -38; }"
done <"$work/wanted" >"$work/stub.c"
for version in $(cut -d' ' -f2 "$work/wanted" | sort -u); do
    echo "$version {"
    sed -n "s/^\(.*\) $version\$/  \1;/p" "$work/wanted" | sed '1s/^/ global:\n/'
    echo "};"
done >"$work/versions"
cc -shared -nostdlib -Os -s -fPIC -Wl,-soname,libsystemd.so.0 -Wl,--version-script="$work/versions" \
    -Wl,--hash-style=gnu -o "$output" "$work/stub.c"
