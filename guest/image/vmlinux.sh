#!/bin/sh
# Takes the uncompressed kernel out of a bzImage: QEMU enters it directly (PVH), which saves the guest from
# decompressing itself.   vmlinux.sh BZIMAGE OUTPUT
set -eu
image=$1 output=$2

# The first match of a magic number whose decompression gives an ELF file.
try() {
    for offset in $(LC_ALL=C grep -aboP "$1" "$image" | cut -d: -f1 | head -n 20); do
        tail -c +$((offset + 1)) "$image" | $2 >"$output.new" 2>/dev/null || true
        if [ "$(head -c 4 "$output.new" | tail -c 3)" = ELF ]; then
            mv "$output.new" "$output"
            exit 0
        fi
    done
}

try '\xfd7zXZ\x00' 'xz -dc'
try '\x28\xb5\x2f\xfd' 'zstd -dc'
try '\x1f\x8b\x08' 'gzip -dc'
try '\x02\x21\x4c\x18' 'lz4 -dc'
rm -f "$output.new"
echo "vmlinux.sh: no kernel found in $image" >&2
exit 1
