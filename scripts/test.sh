#!/bin/sh
# Everything that is checked, from a bare machine on: set-up, formatting and lint, types, unit and integration tests.
# The last line is `N passed, N failed[, N skipped]`; the exit code is 0 only when nothing failed.
set -u
cd "$(dirname "$0")/.."

results=$(mktemp -d "${TMPDIR:-/tmp}/bt-results.XXXXXX")
BERTH_TEST_RUN=$$-$(date +%s)
TMPDIR=$(mktemp -d "${TMPDIR:-/tmp}/bt.XXXXXX")
# Containers in user namespaces must find the way through it.
chmod 711 "$TMPDIR"
export BERTH_TEST_RUN TMPDIR
trap 'sweep; rm -rf "$results"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

# What a killed test leaves: our own processes and mounts, told by the run's variable and directory.
sweep() {
  [ -x node_modules/node/bin/node ] && sh scripts/pinned-node.sh scripts/test-sweep.ts "$TMPDIR" "$BERTH_TEST_RUN"
  swept=$?
  rm -rf "$TMPDIR"
  return "$swept"
}

# check NAME COMMAND...: one check that passes or fails as a whole
check() {
  name=$1
  shift
  echo "==> $name"
  if "$@"; then echo passed >>"$results/checks"; else echo "failed $name" >>"$results/checks"; fi
}

# suite NAME SECONDS: a vitest project; what it reports is counted by scripts/test-summary.js
suite() {
  echo "==> $1 tests"
  timeout --kill-after=20 "$2" sh scripts/pinned-node.sh node_modules/vitest/vitest.mjs run --project "$1" \
    --reporter=default --reporter=json --outputFile.json="$results/$1.json"
  echo "$? $1" >>"$results/suites"
}

check set-up sh scripts/setup.sh --tests
if grep -q '^failed' "$results/checks"; then
  node scripts/test-summary.js "$results" || exit 1
fi
check lint sh scripts/pinned-node.sh node_modules/@biomejs/biome/bin/biome ci --max-diagnostics=50 .
check types sh scripts/pinned-node.sh node_modules/typescript/bin/tsc --noEmit
suite unit 300
suite integration 2700

# A few operations beside podman: prints a warning for what bench/thresholds.json says was faster, and fails nothing.
echo "==> speed"
timeout --kill-after=20 180 sh scripts/pinned-node.sh bench/bench.ts --pairs 5 \
  --only '^(run --rm true|create|start|rm|exec true)$' || echo "warning: the speed was not measured"
check leftovers sweep
node scripts/test-summary.js "$results"
