#!/bin/sh
# Chooses kernel modules and writes the initramfs list lines for them.
#   modules.sh MODULES_DIRECTORY OUTPUT_DIRECTORY
# Prints mkcpio lines; writes OUTPUT_DIRECTORY/lists/NAME, the order in which the agent loads what NAME needs. A module that
# is not there is taken for built in, so the same agent runs on a kernel without modules.
set -eu
modules=$1 output=$2
mkdir -p "$output/lists"
find "$modules" -name '*.ko' >"$output/all-modules"

path_of() {
    grep -E "/$(echo "$1" | sed 's/[-_]/[-_]/g')\.ko$" "$output/all-modules" | head -n 1
}

# Dependencies first. crc32c is asked for by name at run time (a soft dependency), so modinfo does not list it as one.
resolve() {
    file=$(path_of "$1")
    [ -n "$file" ] || return 0
    case $1 in libcrc32c | ext4 | jbd2) resolve crc32c_generic ;; esac
    for needed in $(tr '\0' '\n' <"$(path_of "$1")" | sed -n 's/^depends=//p' | tr , ' '); do
        resolve "$needed"
    done
    path_of "$1"
}

list() {
    name=$1
    shift
    for module in "$@"; do resolve "$module"; done | awk '!seen[$0]++' >"$output/chosen-$name"
    sed 's,.*/,/lib/modules/,' "$output/chosen-$name" >"$output/lists/$name"
}

list first virtio_pci virtio_console
list disk virtio_blk
list net virtio_net
list 9p 9pnet_virtio 9p
list virtiofs virtiofs
list erofs erofs
list overlay overlay
list ext4 ext4
list rng virtio_rng

cat "$output"/chosen-* | sort -u | while read -r file; do
    echo "file /lib/modules/$(basename "$file") 0444 $file"
done
for file in "$output"/lists/*; do
    echo "file /lib/modules/$(basename "$file") 0444 $file"
done
