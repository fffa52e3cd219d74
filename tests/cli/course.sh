#!/usr/bin/env bash
# The course's README: each command in it, run in its folder, prints what is shown there of the verdict, of its reason and
# of who waits for whom, in that order. Left out are the steps, and for lessons on the miniature kernel what changes with
# the kernel's code: its line numbers, and how many states there are. Every lesson is shown, and has its fixed version.
course=$(cd "$(dirname "$0")/../../examples/course" && pwd)
. "$(dirname "$0")/support.sh"

# essence IS_ON_KERNEL: of standard input.
essence() {
    sed -nE '/^(violated|holds)|^  (in|deadlock:|invariant|assertion|access|BUG:) |waits for .*;|  cycle:/p' |
        if [ "$1" = 1 ]; then
            sed -E 's/((kernel|include)\/[a-z_\/]*\.[ch]):[0-9]+/\1/g; s/\(\):[0-9]+/()/g; s/all [0-9,]+ reachable/all reachable/'
        else
            cat
        fi
}

# check_command: runs the words in the array `words`, and compares with the file `shown`.
check_command() {
    local on_kernel=0
    grep -q '^#include <linux/' "$course/${words[1]}" && on_kernel=1
    (cd "$course" && "$lockstep" "${words[@]}") >out 2>err </dev/null
    status=$?
    command_line="lockstep ${words[*]}"
    essence $on_kernel <out >actual
    essence $on_kernel <shown >expected
    checks=$((checks + 1))
    [ -s expected ] || fail "$command_line: README.md shows no verdict"
    checks=$((checks + 1))
    if ! diff expected actual; then
        fail "$command_line: README.md shows something else"
    fi
}

commands=0
: >shown
words=()
while IFS= read -r line; do
    case $line in
    '```console') in_block=1 ;;
    '$ lockstep '* | '```')
        [ ${#words[@]} -gt 0 ] && check_command
        words=()
        : >shown
        if [ "$line" = '```' ]; then
            in_block=0
        else
            read -ra words <<<"${line#\$ lockstep }"
            commands=$((commands + 1))
        fi
        ;;
    *) [ "${in_block:-0}" = 1 ] && printf '%s\n' "$line" >>shown ;;
    esac
done <"$course/README.md"

# Each file of the course is run there.
checks=$((checks + 1))
[ "$commands" -eq "$(find "$course" -name '*.c' | wc -l)" ] || fail 'README.md does not run each file of the course once'
for lesson in "$course"/*/; do
    checks=$((checks + 1))
    { [ -f "$lesson/buggy.c" ] && [ -f "$lesson/fixed.c" ]; } || fail "$lesson: no buggy.c and fixed.c"
done
finish
