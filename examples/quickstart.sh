#!/bin/sh
# The README's tour, as a script: sh examples/quickstart.sh ARCHIVE
# BERTH is the program to try (default: berth), BERTH_ARGS its global options.
set -eu
archive=${1:?path of an image archive, see scripts/make-image.sh}
berth() { "${BERTH:-berth}" ${BERTH_ARGS-} "$@"; }

berth load -i "$archive"
berth run --rm --network none busybox echo "hello from a container"
berth run -d --name clock --network none busybox sh -c 'while :; do date; sleep 1; done'
berth ps
berth exec clock sh -c 'echo "I am $(hostname), process 1 is $(cat /proc/1/comm)"'
berth logs --tail 2 clock
berth inspect --format '{{.Name}} is {{.State.Status}} since {{.State.StartedAt}}' clock
berth stop -t 1 clock
berth rm clock
