#!/bin/sh
# Soak: plays `play --live` in real time into a PulseAudio null sink while a busy loop on each core competes, and tells
# under-runs, repeats, the composer's smallest lead, and the memory of the program at the start and at the end.
#
#     apt install pulseaudio pulseaudio-utils libasound2-plugins
#     Tests/AudioTests/live.sh MINUTES [OPTIONS of play]
#
# Fails if there was an under-run or a repeat, or if memory grew by more than 16 MiB. The server is private to this script:
# its socket and state lie in a folder that goes with it. All ends by itself, the load too.
set -eu
minutes=${1:-10}
[ $# -gt 0 ] && shift
cd "$(dirname "$0")/../.."
program=${PROGRAM:-.build/release/pianojys}
seconds=$((minutes * 60))

folder=$(mktemp -d)
server= loads= player=
trap 'kill $player $loads $server 2>/dev/null || true; wait; rm -rf "$folder"' EXIT
trap 'exit 130' INT TERM

export PULSE_SERVER="unix:$folder/socket"
HOME="$folder" XDG_RUNTIME_DIR="$folder" pulseaudio -n --daemonize=no --use-pid-file=no --exit-idle-time=-1 --realtime=no --log-level=error \
    -L "module-native-protocol-unix socket=$folder/socket auth-anonymous=1" \
    -L "module-null-sink sink_name=room format=s16le rate=44100 channels=2" &
server=$!
for _ in 1 2 3 4 5 6 7 8 9 10; do pactl info >/dev/null 2>&1 && break; sleep 0.2; done
cat > "$folder/asound.conf" <<END
</usr/share/alsa/alsa.conf>
pcm.room { type pulse server "$PULSE_SERVER" handle_underrun 1 }
END

# The load: as many busy loops as there are cores, nice, and over after the time by themselves.
for _ in $(seq "$(nproc)"); do
    nice -n "${NICE:-10}" timeout $((seconds + 60)) sh -c 'while :; do :; done' &
    loads="$loads $!"
done

memory() { sed -n 's/^VmRSS:[^0-9]*\([0-9]*\) kB/\1/p' "/proc/$player/status" 2>/dev/null || true; }

ALSA_CONFIG_PATH="$folder/asound.conf" "$program" play --live --device room --record "$folder/live.mid" "$@" \
    > /dev/null 2> "$folder/said" &
player=$!
# Instruments and buffers are loaded in the first seconds.
sleep 15
first=$(memory)
most=${first:-0}
elapsed=15
while [ $elapsed -lt $seconds ] && kill -0 $player 2>/dev/null; do
    sleep 15
    elapsed=$((elapsed + 15))
    last=$(memory)
    [ "${last:-0}" -gt "$most" ] && most=$last
done
last=$(memory)
load=$(cut -d ' ' -f 1 /proc/loadavg)
code=0
# A shell starts what is in the background with SIGINT ignored.
kill -TERM $player 2>/dev/null || true
wait $player || code=$?
player=
cat "$folder/said"
notes=$("$program" show --notes "$folder/live.mid" | wc -l)
echo "played $elapsed s beside $(nproc) busy loops on $(nproc) cores, load $load: exit $code, $notes notes recorded"
echo "memory: ${first:-?} KiB after 15 s, ${last:-?} KiB at the end, $most KiB at most"
grep -q ' 0 underruns, .* 0 repeats' "$folder/said"
[ "$code" = 130 ] && [ $((most - first)) -lt 16384 ]
