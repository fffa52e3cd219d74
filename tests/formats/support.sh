# Sourced by the scripts here, which are called with the path of the program and a folder of the build tree, into which
# the parsers of package.json are installed, once.
here=$(cd "$(dirname "$0")" && pwd)
packages=$(realpath "$2")
. "$here/../cli/support.sh"

skip() {
    echo "SKIPPED: $1"
    exit 77
}

need_packages() {
    command -v node >/dev/null && command -v npm >/dev/null || skip 'node and npm are not to be had here'
    (
        flock 9
        cmp -s "$here/package-lock.json" "$packages/installed" && exit 0
        cp "$here/package.json" "$here/package-lock.json" "$packages" && cd "$packages" &&
            npm ci --ignore-scripts --no-audit --no-fund >npm.log 2>&1 && cp package-lock.json installed
    ) 9>"$packages/lock" || skip "npm cannot install what package.json names ($packages/npm.log)"
    export NODE_PATH=$packages/node_modules
}

# node_check SCRIPT ARGUMENTS...: a check that passes if the script ends with 0.
node_check() {
    checks=$((checks + 1))
    node "$here/$1" "${@:2}" >node.log 2>&1 || {
        fail "$command_line: $1"
        sed 's/^/    /' node.log | tail -30
    }
}
