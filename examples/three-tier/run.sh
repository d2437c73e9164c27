#!/bin/sh
# nginx, a Node.js service and PostgreSQL: built, run as a pod and as three containers on a network, loaded, killed, started
# again, and looked at: sh examples/three-tier/run.sh
#
# BERTH      the program (default: berth)        BERTH_ARGS  its global options
# SECONDS_OF_LOAD  how long wrk asks (default 10)   PORT  of this host (default 8088)
# AS         `pod`, `network`, both (default) or nothing: then the images are made, and nothing runs
# WAIT       for an answer while no container does anything, in seconds (default 60): one that works is waited for
# STEPS      which to do of those below (default all); with WORK, a directory of yours, the others can be done later
set -eu
here=$(cd "$(dirname "$0")" && pwd)
port=${PORT:-8088}
load=${SECONDS_OF_LOAD:-10}
patience=${WAIT:-60}
steps=${STEPS:-up ready load kill again ready check anew ready check down}
work=${WORK:-$(mktemp -d)}
berth() { "${BERTH:-berth}" ${BERTH_ARGS-} "$@"; }

clean_up() {
  berth pod rm -f -t 1 shop > /dev/null 2>&1 || true
  berth rm -f -t 1 proxy service database > /dev/null 2>&1 || true
  berth network rm -f shop > /dev/null 2>&1 || true
  berth volume rm -f shop-data > /dev/null 2>&1 || true
  berth secret rm -i shop-password > /dev/null 2>&1 || true
  rm -f "$work/password" "$work/wrk" "$work/sum" "$work/base.tar"
  [ -n "${WORK-}" ] || rm -rf "$work"
}
[ -n "${WORK-}" ] || trap clean_up EXIT
trap 'exit 130' INT TERM

say() { printf '\n== %s\n' "$*"; }

# base PART PACKAGES [OPTION...]: Debian with the packages, made by mmdebstrap.
base() {
  image=localhost/three-tier-$1-base packages=$2
  berth image exists "$image" && return
  shift 2
  mmdebstrap --quiet --variant=minbase --include="$packages" "$@" bookworm "$work/base.tar"
  berth import -q "$work/base.tar" "$image" > /dev/null
  rm "$work/base.tar"
}

# The package would make a cluster of its own; the container's start makes one in the volume.
without_cluster='
  mkdir -p "$1/etc/postgresql-common"
  echo "create_main_cluster = false" > "$1/etc/postgresql-common/createcluster.conf"
'

build() {
  base database postgresql --essential-hook="$without_cluster"
  base service nodejs,node-pg
  base proxy nginx-light
  for part in database service proxy; do
    berth image exists "localhost/three-tier-$part" ||
      berth build -q --network none -t "localhost/three-tier-$part" "$here/$part" > /dev/null
  done
  berth images --filter 'reference=localhost/three-tier-*' --format '{{.Repository}} {{.Size}}'
}

prepare() {
  head -c 24 /dev/urandom | base64 | tr -d '\n' > "$work/password"
  berth secret create shop-password "$work/password" > /dev/null
  berth volume create shop-data > /dev/null
}

# The three containers; the first argument is how they find each other.
create() {
  case $1 in
    pod)
      berth pod create --name shop -p "127.0.0.1:$port:80" > /dev/null
      set -- 127.0.0.1 '--pod shop' '--pod shop' '--pod shop'
      ;;
    network)
      berth network create shop > /dev/null
      set -- '' '--network shop' '--network shop' "--network shop -p 127.0.0.1:$port:80"
      ;;
  esac
  secret=shop-password,target=db-password
  berth create -q --name database $2 --secret $secret -v shop-data:/var/lib/postgresql/data \
    localhost/three-tier-database > /dev/null
  berth create -q --name service $3 --secret $secret -e DB_HOST="${1:-database}" \
    localhost/three-tier-service > /dev/null
  berth create -q --name proxy $4 -e SERVICE_HOST="${1:-service}" localhost/three-tier-proxy > /dev/null
}

start() { berth start database service proxy > /dev/null; }

answer() { wget -q -O - -T 5 "http://127.0.0.1:$port/visits"; }

# Seconds of processor time that the three have had.
worked() {
  berth stats --no-stream --no-reset --format '{{.CPUNano}}' database service proxy | awk '{sum += $1} END {printf "%d\n", sum / 1e9}'
}

give_up() {
  berth logs --names --tail 20 database service proxy >&2
  echo "$1" >&2
  exit 1
}

# As long as the three are at work; an emulated machine takes minutes for what others do in a second.
wait_until_it_answers() {
  begun=$(date +%s) last=0 until_then=$(($(date +%s) + patience))
  until answer > /dev/null 2>&1; do
    [ -z "$(berth ps -aq --filter 'name=^(database|service|proxy)$' --filter status=exited)" ] || give_up 'one of them has ended'
    now=$(date +%s) sum=$(worked)
    if [ "$sum" -gt "$((last + 1))" ]; then last=$sum until_then=$((now + patience)); fi
    [ "$now" -lt "$until_then" ] || give_up "nothing has happened for $patience seconds"
    sleep 0.5
  done
  echo "answers after $(($(date +%s) - begun)) seconds"
}

# Visits that were acknowledged with 201, as wrk counted them.
store() {
  wrk -t 1 -c 8 -d "$load" --timeout 5s -s "$here/store.lua" "http://127.0.0.1:$port/visits" > "$work/wrk"
  grep -E 'Requests/sec|acknowledged|refused' "$work/wrk"
}

acknowledged() { awk '$1 == "acknowledged" {print $2}' "$work/wrk"; }

visits() { answer | sed 's/.*"visits":\([0-9]*\).*/\1/'; }

load() {
  say "load for $load seconds"
  store
  acknowledged > "$work/sum"
  check
}

kill_under_load() {
  say 'load again, all killed (kill -9) half way'
  (sleep "$((load / 2))"; berth kill -s KILL proxy service database > /dev/null) &
  store
  wait $!
  echo "$(($(cat "$work/sum") + $(acknowledged)))" > "$work/sum"
  berth ps -a --filter name=database --filter name=service --filter name=proxy --format '{{.Names}} {{.Status}}'
}

# Every visit that was acknowledged must be there; one that was stored while its answer was lost may be.
check() {
  stored=$(visits) sum=$(cat "$work/sum")
  echo "acknowledged $sum, stored $stored"
  [ "$stored" -ge "$sum" ] || { echo 'visits are lost' >&2; exit 1; }
}

remove() {
  if [ "$1" = pod ]; then berth pod rm -f -t 5 shop > /dev/null; else berth rm -f -t 5 proxy service database > /dev/null; fi
  [ "$1" = pod ] || berth network rm shop > /dev/null
}

step() {
  case $1 in
    up) say "as a $2"; prepare; create "$2"; start ;;
    ready) wait_until_it_answers; berth ps --format 'table {{.Names}}\t{{.Status}}\t{{.Ports}}' ;;
    load) load ;;
    kill) kill_under_load ;;
    again) say 'started again'; start ;;
    check) check ;;
    anew) say 'removed and made anew on the same volume'; remove "$2"; create "$2"; start ;;
    down) clean_up; mkdir -p "$work" ;;
    *) echo "no such step: $1" >&2; exit 2 ;;
  esac
}

say 'images'
build
for shape in ${AS-pod network}; do
  for step in $steps; do step "$step" "$shape"; done
done
case $steps in
  *down)
    say 'nothing is left'
    berth ps -a --format '{{.Names}}' --filter 'name=^(database|service|proxy)$'
    ;;
esac
