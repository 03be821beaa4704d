#!/usr/bin/env bash
# Runs a benchmark: tools/bench.sh NAME [--json]. NAME is a folder of tests/bench/. Builds for
# release in .build-bench/ unless MP_BENCH_BUILD names a build directory. Prints one row a figure;
# what it tells besides goes to standard error.
set -euo pipefail
cd "$(dirname "$0")/.."

name=${1:-}
if [ -z "$name" ] || [ ! -x "tests/bench/$name/run" ]; then
    names=(tests/bench/*/run)
    names=("${names[@]#tests/bench/}")
    echo "usage: tools/bench.sh NAME [--json], NAME: ${names[*]%/run}" >&2
    exit 2
fi
shift
if [ -z "${MP_BENCH_BUILD:-}" ]; then
    . tools/setup.sh
    {
        install_packages demo
        build_in .build-bench --buildtype=release | tail -n 1
    } >&2
    export MP_BENCH_BUILD=$PWD/.build-bench
fi
export PYTHONDONTWRITEBYTECODE=1
exec "tests/bench/$name/run" "$@"
