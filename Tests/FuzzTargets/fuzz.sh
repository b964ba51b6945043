#!/bin/bash
# Runs the parsers of foreign bytes under libFuzzer, which the Swift toolchain brings along.
#
#   [TARGETS="midi grid"] fuzz.sh SECONDS [RUNS]     so many seconds a target, or so many inputs if that is less
#
# What is found lies in .build-fuzz/findings. An input may take 10 seconds and 1 GiB.
set -eu
cd "$(dirname "$0")/../.."
jobs=${JOBS:+-j $JOBS}
seconds=${1:-60} runs=${2:--1}
build=.build-fuzz
export PIANOJYS_FUZZ=1
${SWIFT:-swift} build -c release --scratch-path $build --sanitize fuzzer --product FuzzTargets -Xcc -march=native $jobs
clang=$(dirname "$(readlink -f "$(command -v "${SWIFT:-swift}")")")/clang
"$clang" -O1 -fsanitize=fuzzer Tests/FuzzTargets/driver.c -L$build/release -lFuzzTargets -Wl,-rpath,'$ORIGIN/release' \
    -o $build/fuzz
mkdir -p $build/findings
status=0
for target in ${TARGETS:-midi roll grid corpus schedule model}; do
    export PIANOJYS_FUZZ_TARGET=$target PIANOJYS_FUZZ_FOLDER=$build/inputs/$target
    mkdir -p "$PIANOJYS_FUZZ_FOLDER"
    echo "== $target"
    $build/fuzz -max_total_time="$seconds" -runs="$runs" -timeout=10 -rss_limit_mb=1024 -malloc_limit_mb=512 \
        -max_len=8192 -print_final_stats=1 -artifact_prefix="$build/findings/$target-" "$PIANOJYS_FUZZ_FOLDER" \
        >$build/$target.log 2>&1 || { status=1; echo "$target failed: see $build/$target.log"; }
    grep -E 'cov: [0-9]+' $build/$target.log | tail -1
    grep -E 'stat::(number_of_executed_units|peak_rss_mb|slowest_unit)|ERROR|SUMMARY' $build/$target.log || true
done
exit $status
