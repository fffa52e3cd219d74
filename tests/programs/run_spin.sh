#!/bin/sh
# Prints how many states spin finds reachable in a Promela model, without any reduction: run_spin.sh MODEL.pml
# -o1 -o2 -o3: no dataflow optimisation, no hiding of variables, no merging of statements.
set -e
model=$(realpath "$1")
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
spin -o1 -o2 -o3 -a "$model" > /dev/null
gcc -O2 -w -DSAFETY -DNOREDUCE -DMEMLIM=4000 -o pan pan.c
./pan -E -A -m2000000 -w22 | awk '/states, stored/ { print $1 }'
