#!/usr/bin/env bash
# Checkpoints: a search that is killed, stopped by a limit or by Ctrl-C goes on where it was and ends as it would have.
[ -d /dev/shm ] && export TMPDIR=/dev/shm  # waiting for a disk is not what is tested
. "$(dirname "$0")/support.sh"
write_models

model deep.c <<'C'
static int x[NR_CPUS], y, sum;
static LS_ATOMIC int step(int cpu) { y = (3 * y + cpu + 1) % 97; return x[cpu]++; }
static void body(void *unused)
{
	while (step(ls_cpu()) < 25)
		;
	sum += x[ls_cpu()];
	ls_assert(sum != 26 + 26 || y != 4);
}
C

# What has to be the same: all but times, memory and rates.
essence() {
    grep -vE '^(warning|note): ' "$1" | sed -E '/ transitions, depth /s/,[^,]* s \(.*//; /of memory at most/s/.*; (.*); /\1/'
}
same_as() {
    checks=$((checks + 1))
    essence "$1" >expected_essence
    essence out >found_essence
    cmp -s expected_essence found_essence || fail "$command_line: the same as in $1 expected"
}

run check deep.c --all
mv out whole
expect 1
run check deep.c --all --threads 1 --search dfs
mv out whole_dfs

# Killed at random moments, again and again.
kills=0
for search in bfs dfs; do
    expected=whole
    [ $search = dfs ] && expected=whole_dfs
    for round in 1 2; do
        rm -f kill.state
        for attempt in $(seq 1 9); do
            resume=()
            [ -e kill.state ] && resume=(--resume kill.state)
            command_line="lockstep check deep.c --all --search $search --checkpoint kill.state, killed"
            "$lockstep" check deep.c --all --search $search --checkpoint kill.state --checkpoint-every 0.02 \
                "${resume[@]}" --threads $((1 + RANDOM % 3)) >out 2>err </dev/null &
            pid=$!
            # Some time after it has written its first one.
            before=$(stat -c %i kill.state 2>/dev/null)
            while kill -0 $pid 2>/dev/null && [ "$(stat -c %i kill.state 2>/dev/null)" = "$before" ]; do
                sleep 0.02
            done
            sleep "0.$((RANDOM % 2))$((RANDOM % 10))"
            kill -KILL $pid 2>/dev/null
            status=0
            wait $pid 2>/dev/null || status=$?
            [ $status -eq 137 ] || break
            kills=$((kills + 1))
        done
        if [ $status -eq 137 ]; then
            run check deep.c --all --search $search --resume kill.state
        fi
        expect 1
        same_as $expected
    done
done
echo "killed $kills times"
rm -f kill.state.tmp  # who is killed while writing cannot take it away

# Limits and Ctrl-C.
run check deep.c --all --checkpoint limit.state --max-states 20000
expect 3
expect_text out '^note: .*--resume limit\.state'
run check deep.c --all --resume limit.state --checkpoint limit.state --timeout 0.05
[ $status -eq 3 ] && expect_text out '^note: .*--resume limit\.state'
run check deep.c --all --resume limit.state
expect 1
same_as whole

run check deep.c --cpus 3 --checkpoint memory.state --max-memory 16M
expect 3
expect_text out '^unknown: .*memory'
expect_text out '^note: .*--resume memory\.state'
expect_text out '^note: .*--approximate hash'
states=$(sed -nE 's/.* ([0-9,]+) states explored.*/\1/p' out | tr -d ,)
run check deep.c --cpus 3 --resume memory.state --max-memory 20M
expect 3
checks=$((checks + 1))
[ "$(sed -nE 's/.* ([0-9,]+) states explored.*/\1/p' out | tr -d ,)" -gt "$states" ] || fail 'more states expected'
run check large.c --max-memory 16M
expect_text out '^note: .*--checkpoint FILE'

interrupted check large.c --checkpoint interrupted.state --json interrupted.json
expect 3
expect_text out '^unknown: interrupted'
expect_text out '^note: .*--resume interrupted\.state'
expect_text interrupted.json '"advice"'
run check large.c --resume interrupted.state --timeout 0.1
expect 3

# What is refused, and why.
refused 'another search.*Program: [0-9a-f]+ there, [0-9a-f]+ here; --cpus: 2 there, 1 here' \
    check deep.c --all --resume limit.state --cpus 1
refused 'another search.*files: deep.c there, holds.c here' check holds.c --all --resume limit.state
refused 'another search.*--all: on there, off here' check deep.c --resume limit.state
refused 'another search.*--search: bfs there, dfs here' check deep.c --all --search dfs --resume limit.state
refused 'another search.*stubborn-sets: off there, on here' \
    check deep.c --all --reduction stubborn-sets --resume limit.state
refused 'cannot read the checkpoint' check deep.c --all --resume missing.state
refused 'no checkpoint of lockstep' check deep.c --all --resume deep.c
head -c 5000 limit.state >cut.state
refused 'damaged' check deep.c --all --resume cut.state
cp limit.state older.state
printf '\001' | dd of=older.state bs=1 seek=15 conv=notrunc status=none
refused 'version 1, and this lockstep reads version 3' check deep.c --all --resume older.state
refused 'cannot write a checkpoint' check deep.c --checkpoint missing/directory.state
refused 'no ordinary file' check deep.c --checkpoint .
refused 'above 0' check deep.c --checkpoint x.state --checkpoint-every 0
refused 'requires.*--checkpoint' check deep.c --checkpoint-every 5

# A full disk is said, and the search goes on; the last good checkpoint stays.
cp limit.state full.state
command_line='lockstep check deep.c, files at most 64 KiB'
status=0
(
    ulimit -f 64
    exec "$lockstep" check deep.c --all --checkpoint full.state --checkpoint-every 0.01 2>err
) | cat >out
status=${PIPESTATUS[0]}
expect 1
expect_text err '^warning: .*full\.state could not be written: File too large'
same_as whole
# On a busy machine the first one may come so early that it is small enough, and takes the other's place.
cmp -s limit.state full.state || echo 'a small checkpoint was written before the disk was full'
run check deep.c --all --resume full.state
expect 1
same_as whole
checks=$((checks + 1))
[ -z "$(find . -name '*.tmp')" ] || fail 'a temporary file was left behind'

finish
