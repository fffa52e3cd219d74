#!/usr/bin/env bash
# The README's first example: its model, run as it says, prints what it shows. Line numbers and figures may change.
readme=$(cd "$(dirname "$0")/../.." && pwd)/README.md
. "$(dirname "$0")/support.sh"

# block LANGUAGE: the first fenced block of that language.
block() {
    awk -v fence="\`\`\`$1" '$0 == "```" && inside { exit } inside { print } $0 == fence { inside = 1 }' "$readme"
}

# What stays the same when a line is added to the miniature kernel.
normal() {
    sed -E 's/:[0-9]+/:N/g; s/ +/ /g; /states\/s$/d; /bytes per state/d'
}

block c >abba.c
run $(block console | sed -n '1s/^\$ lockstep //p')
expect 1
block console | tail -n +2 | normal >expected
normal <out >actual
checks=$((checks + 1))
if ! cmp -s expected actual; then
    diff expected actual
    fail 'README.md shows other output for its first example'
fi
finish
