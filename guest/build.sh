#!/bin/sh
# Makes what a VM needs: guest/build/{vmlinux,initramfs.cpio,kernel-params,version.json,berth-relay}.
#   build.sh [--quiet] [--refresh]
# Kernel and OCI runtime come from Debian packages, which are downloaded and unpacked, not installed. A second run does
# nothing unless a file below guest/ changed; --refresh asks the package lists for newer versions.
# With guest/build/kernel/vmlinux (kernel/build.sh) that kernel is taken instead of Debian's.
set -eu
cd "$(dirname "$0")"
quiet=false refresh=false
for argument in "$@"; do
    case $argument in
    --quiet) quiet=true ;;
    --refresh) refresh=true ;;
    *) echo "usage: build.sh [--quiet] [--refresh]" >&2; exit 2 ;;
    esac
done
build=$PWD/build
cache=$build/cache
mkdir -p "$cache"
exec 9>"$build/lock"
flock 9

say() {
    $quiet || echo "guest: $*"
}

own_kernel=$build/kernel/vmlinux
inputs=$({
    find agent common relay image kernel build.sh compile.sh -type f | LC_ALL=C sort | xargs sha256sum
    sed -n 's/^  "version": //p' ../package.json
    if [ -f "$own_kernel" ]; then sha256sum "$own_kernel"; fi
} | sha256sum | cut -d' ' -f1)

complete=true
for file in vmlinux initramfs.cpio kernel-params version.json berth-relay; do
    [ -s "$build/$file" ] || complete=false
done
if $complete && ! $refresh && grep -q "\"inputs\":\"$inputs\"" "$build/version.json"; then
    say "up to date"
    exit 0
fi

work=$(mktemp -d "$build/new-XXXXXX")
trap 'rm -rf "$work"' EXIT

# Downloads a package once and unpacks it; prints the directory.
package() {
    name=$1
    if $refresh || [ ! -d "$cache/$name" ]; then
        say "downloading $name" >&2
        mkdir "$work/$name.deb"
        (cd "$work/$name.deb" && apt-get -qq download "$name" >/dev/null 2>"$work/apt.log") || {
            cat "$work/apt.log" >&2
            echo "guest: cannot download $name; is 'apt-get update' needed?" >&2
            exit 1
        }
        mkdir "$work/$name"
        dpkg-deb -x "$work/$name.deb"/*.deb "$work/$name"
        dpkg-deb -f "$work/$name.deb"/*.deb Version >"$work/$name/version"
        rm -rf "$work/$name.deb" "${cache:?}/$name"
        mv "$work/$name" "$cache/$name"
    fi
    echo "$cache/$name"
}

debian_kernel() {
    if $refresh || [ ! -s "$cache/kernel-package" ]; then
        apt-cache depends linux-image-amd64 | sed -n 's/^ *Depends: \(linux-image-.*\)$/\1/p' | head -n 1 >"$cache/kernel-package"
        [ -s "$cache/kernel-package" ] || { echo "guest: no linux-image-amd64 in the package lists" >&2; exit 1; }
    fi
    package "$(cat "$cache/kernel-package")"
}

say "compiling"
./compile.sh "$work"
cc -O2 -Wall -Wextra -Werror -o "$work/mkcpio" image/mkcpio.c

if [ -f "$own_kernel" ]; then
    release=$(cat "$build/kernel/release")
    cp "$own_kernel" "$work/vmlinux"
    modules=$work/no-modules
    mkdir "$modules"
else
    kernel=$(debian_kernel)
    release=$(ls "$kernel/lib/modules")
    [ -s "$cache/vmlinux-$release" ] || image/vmlinux.sh "$kernel/boot/vmlinuz-$release" "$cache/vmlinux-$release"
    cp "$cache/vmlinux-$release" "$work/vmlinux"
    modules=$kernel/lib/modules/$release
fi

crun=$(package crun)
libraries=
for name in libseccomp2 libcap2 libyajl2 libc6; do
    libraries="$libraries $(package $name)"
done
image/libsystemd-stub.sh "$crun/usr/bin/crun" "$work/libsystemd.so.0"

# The file of a shared library, by the name that programs ask for.
library() {
    for directory in $libraries; do
        for file in "$directory"/lib/*/"$1" "$directory"/usr/lib/*/"$1" "$directory/lib64/$1"; do
            if [ -e "$file" ]; then readlink -f "$file"; return; fi
        done
    done
    echo "guest: library $1 not found" >&2
    exit 1
}

{
    for directory in dev proc sys run tmp etc lib lib/modules lib/x86_64-linux-gnu lib64 usr usr/bin; do
        echo "dir /$directory 0755"
    done
    echo "char /dev/console 0600 5 1"
    echo "file /init 0755 $work/berth-agent"
    echo "file /usr/bin/crun 0755 $crun/usr/bin/crun"
    echo "file /lib64/ld-linux-x86-64.so.2 0755 $(library ld-linux-x86-64.so.2)"
    # The first directory that Debian's loader searches without a cache.
    echo "file /lib/x86_64-linux-gnu/libsystemd.so.0 0755 $work/libsystemd.so.0"
    for name in libseccomp.so.2 libcap.so.2 libyajl.so.2 libc.so.6; do
        echo "file /lib/x86_64-linux-gnu/$name 0755 $(library $name)"
    done
    image/modules.sh "$modules" "$work"
} >"$work/list"
"$work/mkcpio" <"$work/list" >"$work/initramfs.cpio"

grep -v '^#' image/kernel-params | tr '\n' ' ' | sed 's/ *$//' >"$work/kernel-params"
printf '{"version":1,"inputs":"%s","kernel":"%s","protocol":1,"crun":"%s"}\n' \
    "$inputs" "$release" "$(cat "$crun/version")" >"$work/version.json"

# version.json last: it says that the others are there.
for file in vmlinux kernel-params berth-relay initramfs.cpio version.json; do
    mv "$work/$file" "$build/$file"
done
say "kernel $release, initramfs $(($(wc -c <"$build/initramfs.cpio") / 1024)) KiB"
