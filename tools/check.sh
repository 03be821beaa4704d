#!/usr/bin/env bash
# Installs what is missing and passes every test: unit tests, command line, the lab with real
# servers, sanitizers, fuzzers, and the checks of style. Ends with "N passed, N failed".
set -euo pipefail
cd "$(dirname "$0")/.."
. tools/setup.sh

passed=0
failed=0
failures=()

# run NAME COMMAND...: one check; a failure is remembered and the rest goes on.
run() {
    local name=$1
    shift
    say "$name"
    local started=$SECONDS
    if "$@"; then
        passed=$((passed + 1))
        echo "passed: $name ($((SECONDS - started)) s)"
    else
        failed=$((failed + 1))
        failures+=("$name")
        echo "FAILED: $name"
    fi
}

gcc_build() {
    build_in .build-gcc --werror -Dbuildtype=debugoptimized
}

clang_build() {
    CC=clang-14 build_in .build-clang --werror -Dbuildtype=debug -Doptimization=1 -Dfuzz=true -Db_lundef=false \
        -Db_sanitize=address,undefined
}

gcc_tests() {
    meson test -C .build-gcc --print-errorlogs --no-rebuild --num-processes 1 --no-suite lab
}

# Those that mostly wait run side by side, the others alone: see tests/lab/meson.build.
lab_tests() {
    meson test -C .build-gcc --print-errorlogs --no-rebuild --num-processes 3 --suite lab
}

sanitizer_tests() {
    ASAN_OPTIONS=detect_leaks=1:strict_string_checks=1 UBSAN_OPTIONS=halt_on_error=1 \
        meson test -C .build-clang --print-errorlogs --no-rebuild --timeout-multiplier 3 --suite unit --suite fuzz
}

thread_sanitizer_build() {
    CC=clang-14 build_in .build-tsan --werror -Dbuildtype=debug -Doptimization=1 -Db_lundef=false \
        -Db_sanitize=thread
}

# watch_threads OPTIONS COMMAND...: libraries without the sanitizer are left alone (tools/tsan), and GLib takes
# all memory where the sanitizer sees it.
watch_threads() {
    local options=$1
    shift
    env "TSAN_OPTIONS=suppressions=$PWD/tools/tsan:history_size=4$options" G_SLICE=always-malloc \
        MEDIAPATH_LOCALEDIR="$PWD/.build-tsan/po" "$@"
}

thread_sanitizer_tests() {
    watch_threads "" meson test -C .build-tsan --print-errorlogs --no-rebuild --timeout-multiplier 3 \
        --suite unit
}

# Lab, check and responder, all ways at once: whichever of them has a race leaves a report behind.
main_job_under_thread_sanitizer() {
    local reports status=0
    reports=$(mktemp -d)
    chmod 1777 "$reports" # the responder is nobody when it writes there
    watch_threads ":log_path=$reports/report" .build-tsan/src/mediapath check --quiet || status=$?
    cat "$reports"/report.* 2>/dev/null && status=66
    rm -r "$reports"
    [ "$status" -le 1 ]
}

# The whole main job, its lab and its responder: a leak or an error leaves a report behind.
main_job_under_sanitizers() {
    rm -f .build-clang/report.*
    local status=0
    ASAN_OPTIONS=detect_leaks=1:log_path=$PWD/.build-clang/report \
        UBSAN_OPTIONS=print_stacktrace=1:log_path=$PWD/.build-clang/report \
        MEDIAPATH_LOCALEDIR=$PWD/.build-clang/po .build-clang/src/mediapath check --quiet || status=$?
    # A machine that is slow under the sanitizers may make the verdict 1.
    cat .build-clang/report.* 2>/dev/null && return 1
    [ "$status" -le 1 ]
}

cppcheck_all() {
    cppcheck --quiet --std=c11 --language=c -j 2 --error-exitcode=1 --inline-suppr \
        --enable=warning,performance,portability --library=gtk --suppressions-list=tools/cppcheck \
        -Isrc -Iinclude -I.build-gcc src include
}

clang_tidy_all() {
    run-clang-tidy-14 -quiet -j 2 -p .build-clang "$PWD/src/.*" >.build-clang/tidy.log 2>/dev/null
    local status=$?
    # Its own status is lost in a pipe, and a clean run says which checks it has.
    grep -E 'warning:|error:' .build-clang/tidy.log && return 1
    return "$status"
}

install_packages demo check
run "build with gcc, warnings are errors" gcc_build
run "build with clang, address and undefined sanitizers" clang_build
run "tests" gcc_tests
run "lab tests with real servers" lab_tests
run "unit tests and fuzzers under the sanitizers" sanitizer_tests
run "the main job under the sanitizers" main_job_under_sanitizers
run "build with clang, thread sanitizer" thread_sanitizer_build
run "unit tests under the thread sanitizer" thread_sanitizer_tests
run "the main job under the thread sanitizer" main_job_under_thread_sanitizer
run "cppcheck" cppcheck_all
run "clang-tidy" clang_tidy_all

say "result"
for name in "${failures[@]}"; do echo "FAILED: $name"; done
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
