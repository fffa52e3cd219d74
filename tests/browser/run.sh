#!/usr/bin/env bash
# run.sh LOCKSTEP WORK_DIRECTORY: runs page_test.mjs there, with the modules of package-lock.json installed there. Ends with 77
# (skipped) where Node or Chromium is not on this machine; scripts/install-deps installs both. The pages and pictures of
# them stay in the work directory.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
lockstep=$(realpath "$1")
work=$2

for program in node npm chromium; do
    if ! command -v "$program" >/dev/null; then
        echo "skipped: there is no $program on this machine (scripts/install-deps installs it)"
        exit 77
    fi
done

mkdir -p "$work"
if ! cmp -s "$here/package-lock.json" "$work/node_modules/installed-lock.json"; then
    cp "$here/package.json" "$here/package-lock.json" "$work"
    (cd "$work" && npm ci --no-audit --no-fund --ignore-scripts)
    cp "$here/package-lock.json" "$work/node_modules/installed-lock.json"
fi
cp "$here/page_test.mjs" "$work"
cd "$work"
LOCKSTEP=$lockstep LOCKSTEP_MODELS=${LOCKSTEP_MODELS:-$here/../../models} node --test --test-reporter=spec page_test.mjs
