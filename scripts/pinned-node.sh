#!/bin/sh
# Runs a program with the Node that package.json pins: sh scripts/pinned-node.sh FILE [ARG ...]
set -eu
root=$(cd "$(dirname "$0")/.." && pwd)
node=$root/node_modules/node/bin/node
[ -x "$node" ] || { echo "Error: $node is missing; run: npm run setup" >&2; exit 125; }
exec "$node" "$@"
