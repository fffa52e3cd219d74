#!/usr/bin/env bash
# The README's first example: its model, run as it says, has the verdict and the wait-for graph that it shows. The steps
# follow the miniature kernel's code and may change with it.
readme=$(cd "$(dirname "$0")/../.." && pwd)/README.md
. "$(dirname "$0")/support.sh"

# block LANGUAGE: the first fenced block of that language.
block() {
    awk -v fence="\`\`\`$1" '$0 == "```" && inside { exit } inside { print } $0 == fence { inside = 1 }' "$readme"
}

# The verdict without its line number, and who waits for whom without the places.
essence() {
    sed -nE '/^violated|waits for .*;|^So / { s/:[0-9]+\)/)/; s/ in [a-z_]+\(\) at [^;]*//; p }'
}

block c >abba.c
run $(block console | sed -n '1s/^\$ lockstep //p')
expect 1
block console | tail -n +2 | essence >expected
essence <out >actual
checks=$((checks + 1))
[ "$(wc -l <expected)" -eq 4 ] || fail 'README.md has lost its first example'
checks=$((checks + 1))
if ! cmp -s expected actual; then
    diff expected actual
    fail 'README.md shows other output for its first example'
fi
finish
