#!/bin/sh
# Plays through ALSA's pulse plugin into a PulseAudio null sink, in real time, and compares what the sink's monitor
# recorded with what was rendered: same samples, right length, no dropout; then makes an underrun and sees it counted.
#
#     apt install pulseaudio pulseaudio-utils libasound2-plugins
#     Tests/AudioTests/realtime.sh
#
# The server is private to this script: its socket and state lie in a folder that goes with it.
set -eu
cd "$(dirname "$0")/../.."

folder=$(mktemp -d)
server= recorder=
trap 'kill $recorder $server 2>/dev/null || true; wait; rm -rf "$folder"' EXIT

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
parec --device=room.monitor --raw --format=s16le --rate=44100 --channels=2 --latency-msec=20 > "$folder/room.raw" &
recorder=$!
sleep 0.5

ALSA_CONFIG_PATH="$folder/asound.conf" PIANOJYS_TEST_DEVICE=room PIANOJYS_TEST_RECORDING="$folder/room.raw" \
    swift test ${FLAGS:--c release} --filter RealTimeTests
