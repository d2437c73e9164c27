#!/bin/sh
# Builds a small guest kernel from Debian's kernel source: boots in about half the time of Debian's own.
#   kernel/build.sh [JOBS]
# Writes guest/build/kernel/{vmlinux,release}; guest/build.sh takes it from then on. About ten minutes on two cores.
# Needs gcc, make, bc, xz-utils; flex, bison, m4 and libelf-dev are downloaded and unpacked when not installed.
# Speculation mitigations are left out of this kernel: take Debian's where programs in one VM must not spy on another.
set -eu
cd "$(dirname "$0")"
jobs=${1:-$(nproc)}
output=$(cd .. && pwd)/build/kernel
config=$PWD/config
work=$output/work
mkdir -p "$work"

fetch() {
    (cd "$work" && apt-get -qq download "$1" >/dev/null && dpkg-deb -x "$1"_*.deb "$2")
}

tools=$work/tools
need() {
    [ -e "$work/have-$1" ] || { fetch "$1" "$tools" && touch "$work/have-$1"; }
}
if ! command -v flex >/dev/null || ! command -v bison >/dev/null || ! command -v m4 >/dev/null; then
    for name in flex bison m4 libsigsegv2; do need $name; done
    export PATH="$tools/usr/bin:$PATH" M4="$tools/usr/bin/m4" BISON_PKGDATADIR="$tools/usr/share/bison"
fi
if [ ! -e /usr/include/gelf.h ]; then
    for name in libelf-dev libelf1 zlib1g-dev; do need $name; done
    export C_INCLUDE_PATH="$tools/usr/include"
fi
if [ -d "$tools" ]; then
    LD_LIBRARY_PATH=$(echo "$tools"/usr/lib/*-linux-gnu)
    export LD_LIBRARY_PATH LIBRARY_PATH="$LD_LIBRARY_PATH"
fi

if [ ! -d "$work/source" ]; then
    name=$(apt-cache depends linux-source | sed -n 's/^ *Depends: //p' | head -n 1)
    fetch "$name" "$work/package"
    mkdir "$work/source.new"
    tar -xf "$work"/package/usr/src/"$name".tar.xz -C "$work/source.new" --strip-components=1
    mv "$work/source.new" "$work/source"
fi

cd "$work/source"
make -s tinyconfig
scripts/kconfig/merge_config.sh -m .config "$config" >/dev/null
make -s olddefconfig
# An option that is gone or misses what it depends on would be dropped silently.
missing=$(sed -n 's/^\(CONFIG_[A-Z0-9_]*=y\)$/\1/p' "$config" | while read -r line; do
    grep -q "^$line\$" .config || echo "$line"
done)
if [ -n "$missing" ]; then
    echo "kernel/build.sh: not accepted by this source:" $missing >&2
    exit 1
fi
make -s -j"$jobs" vmlinux
strip --strip-debug -o "$output/vmlinux.new" vmlinux
make -s kernelrelease >"$output/release"
mv "$output/vmlinux.new" "$output/vmlinux"
echo "$output/vmlinux: $(cat "$output/release")"
