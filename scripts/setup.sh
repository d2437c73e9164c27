#!/bin/sh
# Makes this machine ready for Berth: system packages, npm packages, the pinned Node, the guest image, the build.
# What is there already is left alone, so a second run is quick. In an installed package (`npm --prefix DIR run setup`)
# the npm packages and the build came with it.
#   sh scripts/setup.sh [--quiet] [--tests]     --tests adds the programs that only tests and benchmarks use
set -eu
cd "$(dirname "$0")/.."

quiet=no groups='run build'
for argument; do
  case $argument in
    --quiet) quiet=yes ;;
    --tests) groups='run build test' ;;
    *) echo "Error: unknown option $argument: sh scripts/setup.sh [--quiet] [--tests]" >&2; exit 125 ;;
  esac
done

say() { echo "==> $*" >&2; }
note() { [ "$quiet" = yes ] || say "$*"; }
fail() { echo "Error: $*" >&2; exit 125; }

main() {
  system_packages
  npm_packages
  pinned_node
  guest_image
  build
  note "ready: $(bin/berth --version 2>/dev/null || echo 'bin/berth does not start yet')"
}

system_packages() {
  if ! command -v dpkg-query >/dev/null; then
    say "no dpkg here: install what scripts/debian-packages.txt names by your own package manager"
    return
  fi
  wanted=$(awk -v groups=" $groups " '/^[a-z]/ && index(groups, " " $1 " ") {print $2}' scripts/debian-packages.txt)
  # shellcheck disable=SC2086
  installed=$(dpkg-query -W -f '${db:Status-Abbrev} ${Package}\n' $wanted 2>/dev/null | awk '$1 == "ii" {print $2}')
  missing=
  for package in $wanted; do
    case "
$installed
" in *"
$package
"*) ;; *) missing="$missing $package" ;; esac
  done
  if [ -z "$missing" ]; then note "system packages: all there"; return; fi
  [ "$(id -u)" = 0 ] || fail "missing packages; as root, run: apt-get install --no-install-recommends$missing"
  say "system packages: installing$missing"
  export DEBIAN_FRONTEND=noninteractive
  apt-get update -q >&2 || say "apt-get update failed; trying with the lists that are there"
  without_services apt_install
}

apt_install() {
  # shellcheck disable=SC2086
  apt-get install -q -y --no-install-recommends $missing >&2
}

# podman and docker-registry would start services of their own; Berth needs their programs only.
without_services() {
  policy=/usr/sbin/policy-rc.d
  if [ -e "$policy" ]; then "$@"; return; fi
  printf '#!/bin/sh\nexit 101\n' >"$policy"
  chmod 755 "$policy"
  trap 'rm -f "$policy"' EXIT INT TERM
  "$@"
  rm -f "$policy"
  trap - EXIT INT TERM
}

npm_packages() {
  if [ ! -f package-lock.json ]; then note "npm packages: installed with this one"; return; fi
  command -v npm >/dev/null || fail "npm is not installed: Node 20 or newer with npm is needed to begin"
  if [ ! -f node_modules/.package-lock.json ]; then
    say "npm packages: npm ci (warnings about engines are expected: the packages run on the pinned Node)"
    npm ci --no-audit --no-fund --loglevel=error >&2
  elif ! node scripts/lock-matches.js; then
    say "npm packages: bringing node_modules in line with package-lock.json"
    npm install --no-save --no-audit --no-fund --loglevel=error >&2
  else
    note "npm packages: all there"
  fi
}

# The package `node` fetches its program in an install script, which npm may have been told not to run.
pinned_node() {
  version=$(node -p "require('./package.json').dependencies.node")
  modules=node_modules
  [ -d $modules/node ] || [ ! -d ../node ] || modules=..
  program=$modules/node/bin/node
  if [ "$("$program" --version 2>/dev/null)" != "v$version" ]; then
    say "Node $version: fetching"
    package=node-linux-$(node -p process.arch)
    npm install --no-save --no-package-lock --no-audit --no-fund --loglevel=error \
      --prefix $modules/.berth-node "$package@$version" >&2
    mkdir -p "$(dirname "$program")"
    ln -f "$modules/.berth-node/node_modules/$package/bin/node" "$program"
    rm -rf $modules/.berth-node
  fi
  [ "$("$program" --version)" = "v$version" ] || fail "$program is not Node $version"
  note "Node $version: there"
}

guest_image() {
  [ -f guest/build.sh ] || return 0
  if [ "$quiet" = yes ]; then sh guest/build.sh --quiet >&2; else sh guest/build.sh >&2; fi
}

build() {
  if [ ! -d src ]; then note "build: came with the package"; return; fi
  built=dist/berth.cjs
  if [ -f "$built" ]; then
    newer=$(find package.json tsconfig.json tsconfig.build.json commands src storage scripts/build scripts/build.ts \
      -newer "$built" -print -quit)
    if [ -z "$newer" ]; then note "build: up to date"; return; fi
  fi
  say "build: commands, library, bundle and startup snapshot into dist/"
  started=$(mktemp)
  sh scripts/pinned-node.sh scripts/build.ts >&2 || [ "$built" -nt "$started" ] || fail "the build failed"
  rm -f "$started"
}

main
