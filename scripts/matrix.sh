#!/usr/bin/env bash
# Runs the tests under the QGIS of Debian 13 (3.40) and of Debian testing (3.44 or later).
#
#   scripts/matrix.sh build [SUITE...]   make the roots that are missing or half made
#   scripts/matrix.sh test [SUITE...]    make them if needed, then run the tests inside
#
# A root is a Debian system in a folder of GROUNDLINE_ROOTS (default ~/.cache/groundline-roots), made once
# with debootstrap from the mirror that this machine uses (or GROUNDLINE_MIRROR). Needs root and Debian or Ubuntu.
# Debian testing moves: a root of it that cannot be made is reported and does not fail; a failing test does.
set -euo pipefail

REPOSITORY=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
ROOTS=${GROUNDLINE_ROOTS:-$HOME/.cache/groundline-roots}
SUITES=(trixie testing)
PACKAGES=(qgis python3-qgis qgis-providers python3-gdal python3-scipy python3-matplotlib python3-pytest
    python3-pytest-xdist python3-h5py libopenblas0-pthread xvfb xauth)
# A root made from another list is made anew.
RECIPE="1 ${PACKAGES[*]}"

say() { printf '\n== %s\n' "$*"; }

shout() {
    printf '\n%s\n' "################################################################"
    printf '## %s\n' "$@"
    printf '%s\n\n' "################################################################"
}

mirror() {
    if [ -n "${GROUNDLINE_MIRROR:-}" ]; then
        echo "$GROUNDLINE_MIRROR"
        return
    fi
    local codename found
    codename=$(. /etc/os-release && echo "${VERSION_CODENAME:-}")
    found=$(apt-get indextargets --format '$(REPO_URI) $(RELEASE)' 'Created-By: Packages' |
        awk -v suite="$codename" '$2 == suite { print $1; exit }')
    if [ -z "$found" ]; then
        echo "No Debian mirror found in the configuration of apt: run apt-get update, or set GROUNDLINE_MIRROR." >&2
        return 1
    fi
    echo "$found"
}

# inside ROOT COMMAND...: run in the root, with /proc, /dev and the checkout mounted for this command only.
inside() {
    local root=$1
    shift
    local data=$REPOSITORY/../shared/data
    mkdir -p "$root/groundline/tree" "$root/groundline/shared/data" "$root/dev/shm"
    # The single quotes are meant: the inner shell expands.
    # shellcheck disable=SC2016
    unshare --mount --propagation private bash -euc '
        root=$1 tree=$2 data=$3
        shift 3
        mount -t proc proc "$root/proc"
        mount --rbind /dev "$root/dev"
        mount --bind "$tree" "$root/groundline/tree"
        mount -o remount,bind,ro "$root/groundline/tree"
        if [ -d "$data" ]; then
            mount --bind "$data" "$root/groundline/shared/data"
            mount -o remount,bind,ro "$root/groundline/shared/data"
        fi
        exec chroot "$root" /usr/bin/env -i \
            PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LANG=C.UTF-8 \
            DEBIAN_FRONTEND=noninteractive PYTHONDONTWRITEBYTECODE=1 QT_QPA_PLATFORM=offscreen \
            GROUNDLINE_REQUIRE_DATA="${GROUNDLINE_REQUIRE_DATA:-}" \
            ${OPENBLAS_CORETYPE:+OPENBLAS_CORETYPE="$OPENBLAS_CORETYPE"} \
            ${http_proxy:+http_proxy="$http_proxy"} ${https_proxy:+https_proxy="$https_proxy"} \
            "$@"
    ' bash "$root" "$REPOSITORY" "$data" "$@"
}

# Remove a root; refuses while something is still mounted in it.
remove() {
    if grep -q " $1/" /proc/mounts; then
        echo "$1 has mounts; unmount them first." >&2
        return 1
    fi
    rm -rf --one-file-system "$1"
}

is_ready() { [ "$(cat "$ROOTS/$1/groundline/ready" 2>/dev/null)" = "$RECIPE" ]; }

make_root() {
    local suite=$1 root=$ROOTS/$1 part=$ROOTS/$1.part source
    source=$(mirror)
    remove "$part"
    mkdir -p "$part"
    debootstrap --variant=minbase --include=ca-certificates "$suite" "$part" "$source"
    mkdir -p "$part/groundline"
    printf '#!/bin/sh\nexit 101\n' >"$part/usr/sbin/policy-rc.d" # no services inside
    chmod +x "$part/usr/sbin/policy-rc.d"
    printf 'Acquire::Languages "none";\n' >"$part/etc/apt/apt.conf.d/90groundline"
    if [ "$suite" = testing ]; then
        # The release file of a mirror that lags may be past its date.
        printf 'Acquire::Check-Valid-Until "false";\n' >>"$part/etc/apt/apt.conf.d/90groundline"
    fi
    inside "$part" apt-get -q update
    inside "$part" apt-get -q install -y --no-install-recommends "${PACKAGES[@]}"
    inside "$part" apt-get -q clean
    echo "$RECIPE" >"$part/groundline/ready"
    remove "$root"
    mv "$part" "$root"
}

build() {
    local suite=$1 began=$SECONDS log=$ROOTS/$1.log
    if is_ready "$suite"; then
        return 0
    fi
    say "Making the root of Debian $suite (log: $log)"
    mkdir -p "$ROOTS"
    # A shell of its own, because "set -e" is off in a function that is the condition of an "if".
    if bash "${BASH_SOURCE[0]}" make-root "$suite" >"$log" 2>&1; then
        say "Root of Debian $suite made in $((SECONDS - began)) s"
        return 0
    fi
    tail -n 25 "$log"
    return 1
}

run_tests() {
    local suite=$1 root=$ROOTS/$1 began=$SECONDS status=0
    say "Debian $suite: $(inside "$root" dpkg-query -W -f 'QGIS ${Version}' qgis), $(inside "$root" python3 --version)"
    inside "$root" OPENBLAS_NUM_THREADS=1 bash -c \
        "cd /groundline/tree && pytest-3 -q -p no:cacheprovider -rsfE --numprocesses auto --dist loadfile \
            --max-worker-restart 0" || status=$?
    say "Debian $suite: tests took $((SECONDS - began)) s, exit code $status"
    return "$status"
}

main() {
    local command=${1:-test} failed=() suite
    shift || true
    if [ "$command" = make-root ]; then
        make_root "$1"
        return
    fi
    if [ "$(id -u)" != 0 ] || ! command -v debootstrap >/dev/null; then
        echo "The matrix needs root and debootstrap (apt-get install debootstrap)." >&2
        return 1
    fi
    [ $# -gt 0 ] && SUITES=("$@")
    for suite in "${SUITES[@]}"; do
        if ! build "$suite"; then
            if [ "$suite" = testing ]; then
                shout "The root of Debian testing CANNOT BE MADE today." \
                    "Its tests did NOT run; this is not counted as a failure." "Log: $ROOTS/$suite.log"
            else
                shout "The root of Debian $suite cannot be made. Log: $ROOTS/$suite.log"
                failed+=("$suite")
            fi
        elif [ "$command" = test ] && ! run_tests "$suite"; then
            failed+=("$suite")
        fi
    done
    if [ ${#failed[@]} -gt 0 ]; then
        shout "Failed: ${failed[*]}"
        return 1
    fi
}

main "$@"
