#!/bin/sh
# Berth's main job, on real images, with every command shown: sh scripts/demo.sh
# Works in a directory of its own and leaves nothing behind.
set -eu
cd "$(dirname "$0")/.."

berth=$PWD/bin/berth
images=$PWD/.cache/images
place=$(mktemp -d "${TMPDIR:-/tmp}/berth-demo.XXXXXX")
bold= plain=
if [ -t 1 ] && [ -z "${NO_COLOR-}" ]; then bold=$(printf '\033[1m') plain=$(printf '\033[0m'); fi

title() { printf '\n%s== %s ==%s\n' "$bold" "$*" "$plain"; }
# Most of this is shown with plain containers, which start at once also where machines have to be emulated.
globals='--runtime runc'
engine() { "$berth" --root "$place/root" --runroot "$place/run" $globals "$@"; }

# show ARGS...: the command line, as it would be typed
show() {
  printf '%s$ berth%s' "$bold" "${globals:+ $globals}"
  for word; do
    case $word in *[!A-Za-z0-9_./:=,@%+-]* | '') printf " '%s'" "$word" ;; *) printf ' %s' "$word" ;; esac
  done
  printf '%s\n' "$plain"
}

# berth ARGS...: shows the command line, then runs it
berth() {
  show "$@"
  engine "$@"
}

# expect WANTED ARGS...: the same, and the output has to be WANTED
expect() {
  wanted=$1
  shift
  show "$@"
  got=$(engine "$@")
  printf '%s\n' "$got"
  [ "$got" = "$wanted" ] || { echo "Error: that should have been: $wanted" >&2; exit 1; }
}

clean_up() {
  engine rm -fa -t 0 >/dev/null 2>&1 || true
  power_off
  rm -rf "$place"
}
trap clean_up EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

# What a power cut does to containers: their processes, their mounts and the run directory are gone.
power_off() {
  for process in /proc/[0-9]*; do
    [ "${process#/proc/}" != "$$" ] && grep -qsF "$place" "$process/cmdline" "$process/mountinfo" || continue
    [ "$(readlink "$process/ns/mnt")" = "$(readlink /proc/self/ns/mnt)" ] && ! grep -qsF "$place" "$process/cmdline" && continue
    kill -9 "${process#/proc/}" 2>/dev/null || true
  done
  awk -v place="$place" 'index($5, place) == 1 {print $5}' /proc/self/mountinfo | sort -r | while read -r mount; do
    umount -l "$mount" 2>/dev/null || true
  done
  for record in "$place"/root/libpod/containers/*; do
    for namespace in /run/netns/berth-"$(basename "$record" | cut -c1-32)"*; do
      [ -e "$namespace" ] || continue
      umount -l "$namespace" 2>/dev/null || true
      rm -f "$namespace"
    done
  done
  rm -rf "$place/run"
}

title "Two real images: a busybox and a Debian, made from Debian's packages"
sh scripts/make-image.sh busybox "$images/busybox.tar"
sh scripts/make-image.sh debian "$images/debian.tar"
berth load -i "$images/busybox.tar"
berth load -i "$images/debian.tar"
berth images

title 'One command in a container'
berth run --rm busybox sh -c 'echo "hello from $(hostname)"; id; ls /'
expect 'Debian GNU/Linux 12 (bookworm)' run --rm debian sh -c '. /etc/os-release; echo "$PRETTY_NAME"'

title 'Its exit code is ours'
code=0
berth run --rm busybox sh -c 'exit 42' || code=$?
[ "$code" = 42 ] || { echo "Error: exit code $code, not 42" >&2; exit 1; }
echo "exit code $code"

title 'A service: create, start, exec, logs, stop'
berth create --name clock --label demo=yes -e WHO=world busybox \
  sh -c 'trap "echo bye; exit 0" TERM; echo "hello $WHO"; while :; do date; sleep 1; done'
berth start clock
berth ps
expect world exec clock sh -c 'echo "$WHO"'
berth exec clock sh -c 'echo kept > /kept'
sleep 2
berth logs --tail 2 clock
expect running inspect --format '{{.State.Status}}' clock
berth stop clock
berth ps -a
expect 'exited 0' inspect --format '{{.State.Status}} {{.State.ExitCode}}' clock

title 'The machine reboots while containers run'
berth start clock
berth run -d --name second debian sleep 1000
power_off
echo 'power off: processes, mounts and the run directory are gone'
berth ps -a
berth start clock
expect kept exec clock cat /kept
berth logs --tail 1 clock

title 'Away with them'
berth rm -f -t 1 clock second
expect '' ps -aq
berth rmi busybox debian
expect '' images -q

if bin/berth-vm check >/dev/null 2>&1; then
  title 'Two kernels: without --runtime a container runs in a virtual machine of its own'
  berth load -q -i "$images/busybox.tar"
  printf '%s$ uname -r%s\n' "$bold" "$plain"
  uname -r
  globals=
  show run --rm busybox uname -r
  kernel=$(engine run --rm busybox uname -r)
  printf '%s\n' "$kernel"
  [ "$kernel" != "$(uname -r)" ] || { echo 'Error: that is the kernel of the host' >&2; exit 1; }
else
  title 'This host cannot run virtual machines, which are the default'
  bin/berth-vm check || true
fi

printf '\nAll of that worked.\n'
