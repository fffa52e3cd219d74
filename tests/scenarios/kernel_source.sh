#!/usr/bin/env bash
# The kernel's own kernel/stop_machine.c, as it is, in the place of ours: every scenario that uses the stoppers has to come
# out the same with it; and a patch that is made against the real file has to apply. A file that still puts the stoppers
# into a wake_q is from before 009836b4fa52, and must show that bug, as our own does before it.
#
#   kernel_source.sh LOCKSTEP
#
# The files come from Debian's linux-source packages: from /usr/src where they are installed, or else downloaded into a
# temporary folder. Nothing of them is kept. Exit status 77 where they are not to be had: the test is skipped.
set -euo pipefail
lockstep=$1
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

# unpack VERSION: leaves $folder/VERSION/kernel/stop_machine.c
unpack() {
    local version=$1 archive=/usr/src/linux-source-$1.tar.xz
    mkdir -p "$folder/$version"
    if [ ! -f "$archive" ]; then
        (cd "$folder" && apt-get download "linux-source-$version" >/dev/null 2>&1) || return 1
        dpkg-deb --fsys-tarfile "$folder"/linux-source-"$version"_*.deb |
            tar -x -C "$folder" "./usr/src/linux-source-$version.tar.xz"
        archive=$folder/usr/src/linux-source-$version.tar.xz
    fi
    tar -xJf "$archive" -C "$folder/$version" --strip-components=1 "linux-source-$version/kernel/stop_machine.c"
}

fix=009836b4fa52
mapfile -t scenarios < <(grep -l 'linux/stop_machine.h' models/scenarios/*.c)
status=0
for version in 6.12 6.1; do
    if ! unpack "$version"; then
        echo "SKIPPED: the package linux-source-$version is not to be had here"
        exit 77
    fi
    file=$folder/$version/kernel/stop_machine.c
    echo "== kernel/stop_machine.c of linux-source-$version: $(wc -l <"$file") lines"
    replaced=(--with "--replace kernel/stop_machine.c=$file")
    same=("${scenarios[@]}")
    if grep -q wake_up_q "$file"; then
        echo "this one is from before $fix"
        mapfile -t same < <(grep -L -e "--before $fix" "${scenarios[@]}")
        mapfile -t differ < <(grep -l -e "--before $fix" "${scenarios[@]}")
        "$lockstep" suite "${replaced[@]}" --as-before "$fix" "${differ[@]}" || status=1
    fi
    "$lockstep" suite "${replaced[@]}" "${same[@]}" || status=1

    mkdir -p "$folder/a/kernel" "$folder/b/kernel"
    cp "$file" "$folder/a/kernel/"
    sed 's/curstate > MULTI_STOP_PREPARE/curstate >= MULTI_STOP_PREPARE/' "$file" >"$folder/b/kernel/stop_machine.c"
    (cd "$folder" && diff -u a/kernel/stop_machine.c b/kernel/stop_machine.c >change.patch) || true
    conclusion=$("$lockstep" compare models/scenarios/stop_machine_oom.c --quiet \
        --replace kernel/stop_machine.c="$file" --patch "$folder/change.patch") || true
    echo "touching in MULTI_STOP_PREPARE: $conclusion"
    case $conclusion in
        "hides a report while the stall stays"*) ;;
        *) status=1 ;;
    esac
done
exit $status
