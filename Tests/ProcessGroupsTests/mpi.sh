#!/bin/bash
# Trains and measures in several processes and in one, and compares; kills, stops and confuses processes, and goes on.
# Usage: mpi.sh PROGRAM, built with --traits MPI; mpirun is of Open MPI. Run from the repository's root.
set -eu
program=$1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export OMP_NUM_THREADS=1

together() {  # together PROCESSES ARGUMENTS...: runs the program in so many processes, on this machine
    local count=$1
    shift
    mpirun --allow-run-as-root --oversubscribe --bind-to none --mca odls_base_sigkill_timeout "$patience" \
        -np "$count" "$program" "$@"
}
patience=1  # seconds from mpirun's SIGTERM to its SIGKILL
fail() {
    echo "FAILED: $*" >&2
    exit 1
}
train=(train --corpus chorales --name test --width 32 --heads 1 --layers 2 --window-steps 32 --batch 8 --precision f32 --quiet
    --validation-interval 20 --warmup 20 --attention-dropout 0.1)

compare() {  # compare FOLDER FOLDER LINES: fails if the curves differ by more than rounding
    paste -d, "$work/$1/log.csv" "$work/$2/log.csv" | awk -F, -v names="$1 and $2" -v wanted="$3" '
        function off(a, b) { return a > b ? a - b : b - a }
        NR > 1 {
            if ($1 != $7 || $4 + 0 <= 0) exit 1
            if (off($4, $10) > loss) loss = off($4, $10)
            if (off($6, $12) > bound) bound = off($6, $12)
            lines++
        }
        END {
            printf "%s: %d lines, off by %.4f nats a frame at most, validation by %.4f\n", names, lines, loss, bound
            if (lines < wanted || loss > 0.002 || bound > 0.002) exit 1
        }' || fail "the curves of $1 and $2 differ"
}

echo "one process of two threads, two of one, three of one"
"$program" "${train[@]}" --threads 2 --steps 100 --output "$work/alone"
together 2 "${train[@]}" --threads 1 --steps 100 --output "$work/two"
together 3 "${train[@]}" --threads 1 --steps 100 --output "$work/three"
compare alone two 5
compare alone three 5

echo "the same again is the same bit for bit"
together 2 "${train[@]}" --threads 1 --steps 100 --output "$work/again"
cmp "$work/two/checkpoint.safetensors" "$work/again/checkpoint.safetensors" || fail "two runs of one kind differ"

step() { tail -n 1 "$1/log.csv" | cut -d, -f1; }
process() {  # process JOB RANK: the process id of a rank of mpirun's
    local id
    for id in $(pgrep -P "$1"); do
        if tr '\0' '\n' 2>/dev/null < "/proc/$id/environ" | grep -qx "OMPI_COMM_WORLD_RANK=$2"; then echo "$id"; fi
    done
}
begin() {  # begin FOLDER: trains without end in two processes, and returns when there is a checkpoint
    together 2 "${train[@]}" --threads 1 --steps 1000000 --output "$1" 2> "$1.errors" &
    shell=$!
    for _ in $(seq 600); do
        if [ -s "$1/checkpoint.safetensors" ]; then
            job=$(pgrep -P $shell -x mpirun)
            return 0
        fi
        sleep 0.1
    done
    fail "no checkpoint after a minute"
}

echo "a process that is killed ends the job; it goes on in one and in three"
begin "$work/killed"
kill -KILL "$(process "$job" 1)"
code=0
wait $shell || code=$?
[ $code != 0 ] || fail "the job ended as if nothing had been"
grep -i "signal 9" "$work/killed.errors" || fail "nothing was said of the killed process"
cp -R "$work/killed" "$work/killed-3"
last=$(step "$work/killed")
"$program" train --corpus chorales --quiet --resume --threads 2 --steps $((last + 40)) --output "$work/killed"
together 3 train --corpus chorales --quiet --resume --steps $((last + 40)) --output "$work/killed-3"
for folder in killed killed-3; do
    [ "$(step "$work/$folder")" = $((last + 40)) ] || fail "$folder ends at step $(step "$work/$folder")"
done
compare killed killed-3 3

echo "a signal to one process stops all of them, and saves"
begin "$work/stopped"
kill -TERM "$(process "$job" 1)"
code=0
wait $shell || code=$?
[ $code = 130 ] || fail "it ended with $code, not 130"
[ "$(grep -c "^pianojys: interrupted" "$work/stopped.errors")" = 1 ] || fail "it is not said once: $(cat "$work/stopped.errors")"

echo "a signal to mpirun stops the job, and saves if it is given the time"
patience=20
begin "$work/ended"
before=$(step "$work/ended")
kill -TERM "$job"
code=0
wait $shell || code=$?
[ $code != 0 ] || fail "the job ended as if nothing had been"
"$program" train --corpus chorales --quiet --resume --steps 1000000 --output "$work/ended" &
sleep 2
kill -TERM $!
wait $! || true
[ "$(step "$work/ended")" -ge "$before" ] || fail "the checkpoint is lost"

echo "what goes wrong in one process is said once, and ends the job"
code=0
mpirun --allow-run-as-root --oversubscribe -np 1 "$program" "${train[@]}" --output "$work/odd" : \
    -np 1 "$program" "${train[@]}" --output "$work/odd" --data /nowhere 2> "$work/odd.errors" || code=$?
[ $code != 0 ] || fail "a process without a corpus was not missed"
[ "$(grep -c "^pianojys: " "$work/odd.errors")" = 1 ] || fail "it is not said once: $(cat "$work/odd.errors")"
code=0
mpirun --allow-run-as-root --oversubscribe -np 1 "$program" "${train[@]}" --output "$work/odd" : \
    -np 1 "$program" "${train[@]}" --output "$work/odd" --seed 2 2> "$work/odd.errors" || code=$?
[ $code != 0 ] || fail "processes of two seeds trained together"
grep "^pianojys: .*one run" "$work/odd.errors" || fail "it is not said: $(cat "$work/odd.errors")"

echo "what is measured in one process and in two is the same"
for method in tweedie dispersed; do
    optimize=(optimize --sampler $method --samples 6 --grid-size 8 --max-nfe 4 --threads 1 --quiet)
    "$program" "${optimize[@]}" --output "$work/one-$method.json" > /dev/null
    together 2 "${optimize[@]}" --output "$work/two-$method.json" > /dev/null
    cmp "$work/one-$method.json" "$work/two-$method.json" || fail "the schedules for $method differ"
done
for what in "--bound --levels 1" "--bound --orders 2 --calls 2" "--nfe 2 --seeds 3 --count 2"; do
    # shellcheck disable=SC2086
    "$program" evaluate $what --threads 1 --json --quiet > "$work/one.json"
    # shellcheck disable=SC2086
    together 2 evaluate $what --threads 1 --json --quiet > "$work/two.json"
    cmp "$work/one.json" "$work/two.json" || fail "evaluate $what differs"
done
echo "all is well"
