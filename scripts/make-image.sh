#!/bin/sh
# Makes real images to try Berth on, from what Debian ships; nothing is downloaded but Debian packages.
#   sh scripts/make-image.sh busybox FILE     a small image: Debian's static busybox with all its applets
#   sh scripts/make-image.sh debian FILE      Debian 12 itself, made by mmdebstrap (as root; 40 s, 130 MB)
#   sh scripts/make-image.sh layered FILE     the same in five layers
# FILE becomes a docker-archive as `docker save` writes it. A FILE that exists is left alone.
set -eu

kind=${1:?busybox, debian or layered} target=${2:?path of the archive}
[ ! -f "$target" ] || exit 0
mkdir -p "$(dirname "$target")"

exec 9>"$target.lock"
flock 9
if [ -f "$target" ]; then exit 0; fi

work=$(mktemp -d "$target.XXXXXX")
trap 'rm -rf "$work"' EXIT INT TERM

main() {
  mkdir "$work/archive"
  case $kind in
    busybox) busybox_rootfs; archive busybox '"/bin/sh"' ;;
    debian) debian_rootfs; archive debian '"/bin/bash"' ;;
    layered) layered_rootfs; archive layered '"/bin/bash"' ;;
    *) echo "Error: no recipe for $kind: busybox, debian or layered" >&2; exit 125 ;;
  esac
  mv "$work/image.tar" "$target"
  rm -f "$target.lock"
}

busybox_rootfs() {
  root=$work/rootfs
  mkdir -p "$root/bin" "$root/etc" "$root/home" "$root/proc" "$root/root" "$root/sys" "$root/dev" "$root/var/spool" "$root/usr/bin"
  mkdir -m 1777 "$root/tmp"
  cp /bin/busybox "$root/bin/busybox"
  for applet in $(/bin/busybox --list); do
    [ "$applet" = busybox ] || ln -s busybox "$root/bin/$applet"
  done
  ln -s /bin/env "$root/usr/bin/env"
  printf '%s\n' 'root:x:0:0:root:/root:/bin/sh' 'daemon:x:1:1:daemon:/usr/sbin:/bin/false' \
    'www-data:x:33:33:www-data:/var/www:/bin/false' 'nobody:x:65534:65534:nobody:/home:/bin/false' >"$root/etc/passwd"
  printf '%s\n' 'root:x:0:' 'daemon:x:1:' 'staff:x:50:www-data' 'www-data:x:33:' 'nogroup:x:65534:' >"$root/etc/group"
  tar -C "$root" --sort=name --mtime=@0 --owner=0 --group=0 --numeric-owner -cf "$work/archive/layer.tar" .
}

debian_rootfs() {
  mmdebstrap --quiet --variant=minbase \
    --dpkgopt='path-exclude=/usr/share/doc/*' --dpkgopt='path-exclude=/usr/share/locale/*' \
    bookworm "$work/archive/layer.tar" >&2
}

# Debian's tree cut into five parts of some size each.
layered_rootfs() {
  sh "$0" debian "$(dirname "$target")/debian.tar"
  mkdir "$work/rootfs"
  tar -xOf "$(dirname "$target")/debian.tar" --wildcards './*[0-9a-f].tar' | tar -C "$work/rootfs" -x
  part 1 --exclude=./usr --exclude=./var .
  part 2 '--exclude=./usr/lib/*-linux-gnu*' ./usr/lib
  part 3 './usr/lib/*-linux-gnu*'
  part 4 --exclude=./usr/lib --exclude=./usr/share ./usr
  part 5 ./usr/share ./var
}

# part NUMBER WHAT...: one of the layers.
part() {
  number=$1
  shift
  # shellcheck disable=SC2086,SC2048 # the words are patterns
  (cd "$work/rootfs" && tar --sort=name --numeric-owner -cf - $*) >"$work/archive/layer-$number.tar"
}

# archive NAME CMD: a docker-archive of the layers in the order of their names.
archive() {
  diff_ids= layers=
  for layer in "$work"/archive/layer*.tar; do
    diff_id=$(sha256sum "$layer" | cut -d' ' -f1)
    mv "$layer" "$work/archive/$diff_id.tar"
    diff_ids=$diff_ids${diff_ids:+,}\"sha256:$diff_id\"
    layers=$layers${layers:+,}\"$diff_id.tar\"
  done
  arch=$(dpkg --print-architecture)
  cat >"$work/config.json" <<JSON
{"architecture":"$arch","os":"linux","created":"2024-01-01T00:00:00Z","config":{"Env":["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"],"Cmd":[$2],"WorkingDir":"/","Labels":{"org.opencontainers.image.title":"$1"}},"rootfs":{"type":"layers","diff_ids":[$diff_ids]},"history":[{"created":"2024-01-01T00:00:00Z","created_by":"scripts/make-image.sh $1"}]}
JSON
  id=$(sha256sum "$work/config.json" | cut -d' ' -f1)
  mv "$work/config.json" "$work/archive/$id.json"
  printf '[{"Config":"%s.json","RepoTags":["localhost/%s:latest"],"Layers":[%s]}]\n' "$id" "$1" "$layers" \
    >"$work/archive/manifest.json"
  tar -C "$work/archive" -cf "$work/image.tar" .
}

main
