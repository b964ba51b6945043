#!/usr/bin/env python3
"""Compares the notes that pianojys reads of MIDI files with those that mido and symusic read.

    compare_readers.py PROGRAM FOLDER [--verbose]

For every MIDI file below FOLDER it runs `PROGRAM show --notes --json FILE` and makes of each note (track, channel, pitch,
velocity, startTick, endTick). mido gives messages, which are paired here, by the rules of docs/midi.md and by code of its
own; seconds are checked too, to a microsecond. symusic pairs notes itself, the earliest press with the earliest release,
and leaves out the tracks' numbers: its notes are compared as (channel, pitch, velocity, startTick, endTick). Where it
differs, the keys that differ are paired by its rule from mido's messages: if that gives symusic's notes, the difference
is that rule's, and counted under what calls for a rule (presses that overlap, notes of length 0, notes that are never
released); else it is shown.

The exit code is 1 if a note differs from mido's, or from symusic's without a rule to explain it.
"""

import argparse
import collections
import json
import pathlib
import subprocess
import sys

import mido
import mido.midifiles.meta
import symusic

PERCUSSION = 9


class LenientKeySignature(mido.midifiles.meta.MetaSpec_key_signature):
    """Key signatures that are none, for which mido would refuse the whole file."""

    def decode(self, message, data):
        try:
            super().decode(message, data)
        except mido.KeySignatureError:
            message.key = "C"


mido.midifiles.meta.add_meta_spec(LenientKeySignature)


def ours(program, path):
    """The notes that pianojys reads, or its words if it refuses the file."""
    done = subprocess.run([program, "show", "--quiet", "--notes", "--json", str(path)], capture_output=True, text=True)
    if done.returncode != 0:
        return None, f"exit {done.returncode}: {done.stderr.strip()}"
    return json.loads(done.stdout), None


def messages(track):
    """The channel messages of a track of mido's up to its end, with their ticks, and the tick of its end."""
    tick, result = 0, []
    for message in track:
        tick += message.time
        if message.type == "end_of_track":
            break
        result.append((tick, message))
    return result, tick


def pair_by_restart(track):
    """Our rule: a press of a key that is down ends the note before it; see docs/midi.md."""
    notes, down = [], {}

    def finish(key, end):
        start, velocity, at_once = down.pop(key)
        notes.append((*key, velocity, start, start + 1 if at_once or end <= start else end))

    sounding, end = messages(track)
    for tick, message in sounding:
        if message.type not in ("note_on", "note_off"):
            continue
        key = (message.channel, message.note)
        if message.type == "note_on" and message.velocity > 0:
            if key in down and down[key][0] != tick:
                finish(key, tick)
            down[key] = (tick, message.velocity, False)
        elif key in down:
            start, velocity, _ = down[key]
            if start == tick:
                # Kept open: a later release may be meant for this note, and this one for the note before it.
                down[key] = (start, velocity, True)
            else:
                down[key] = (start, velocity, False)
                finish(key, tick)
    for key in list(down):
        finish(key, end)
    return notes


def pair_by_queue(track):
    """symusic's rule: each release ends the earliest press that is open; what is not released is no note."""
    notes, down = [], collections.defaultdict(collections.deque)
    for tick, message in messages(track)[0]:
        if message.type not in ("note_on", "note_off"):
            continue
        key = (message.channel, message.note)
        if message.type == "note_on" and message.velocity > 0:
            down[key].append((tick, message.velocity))
        elif down[key]:
            start, velocity = down[key].popleft()
            notes.append((*key, velocity, start, tick))
    return notes


def occasions(midi):
    """What calls for a rule at each key, drums or not: overlaps, lengths of 0, notes that are not released."""
    result = collections.defaultdict(set)
    for track in midi.tracks:
        down = collections.defaultdict(list)
        for tick, message in messages(track)[0]:
            if message.type not in ("note_on", "note_off"):
                continue
            place = (message.channel, message.note)
            key = (message.channel == PERCUSSION, message.note)
            if message.type == "note_on" and message.velocity > 0:
                if down[place]:
                    result[key].add("presses that overlap")
                down[place].append(tick)
            elif down[place] and down[place].pop(0) == tick:
                result[key].add("notes of length 0")
        for (channel, note), open_notes in down.items():
            if open_notes:
                result[(channel == PERCUSSION, note)].add("notes never released")
    return result


def clock(midi):
    """A function from ticks to seconds: the tempos of all tracks, the last of those at one tick."""
    division = midi.ticks_per_beat
    if division < 0:
        # SMPTE: the upper byte is the negative number of frames a second, 29 for 30 drop frame.
        frames, ticks = 256 - ((division & 0xFFFF) >> 8), division & 0xFF
        rate = (30000 / 1001 if frames == 29 else frames) * ticks
        return lambda tick: tick / rate
    tempos = []
    for track in midi.tracks:
        tempos += [(tick, m.tempo) for tick, m in messages(track)[0] if m.type == "set_tempo" and m.tempo > 0]
    tempos.sort(key=lambda pair: pair[0])

    def seconds(tick):
        time, last, tempo = 0.0, 0, 500_000
        for start, new in tempos:
            if start > tick:
                break
            time += (start - last) * tempo
            last, tempo = start, new
        return (time + (tick - last) * tempo) / division / 1e6

    return seconds


def by_key(notes):
    groups = collections.defaultdict(collections.Counter)
    for note in notes:
        groups[note[:2]][note] += 1
    return groups


def compare(program, path):
    """What comparing a file came to: a list of (kind, words); no differences give an empty one."""
    found, refusal = ours(program, path)
    result = []
    try:
        midi = mido.MidiFile(path, clip=True)
    except Exception as error:  # mido's readers throw many kinds.
        midi = None
        result.append(("mido cannot read", f"{type(error).__name__}: {error}"))
    if refusal:
        return result + [("pianojys refuses" if midi else "both refuse", refusal)], 0

    mine = collections.Counter(
        (n["track"], n["channel"], n["pitch"], n["velocity"], n["startTick"], n["endTick"]) for n in found)
    if midi:
        theirs = collections.Counter((i, *note) for i, t in enumerate(midi.tracks) for note in pair_by_restart(t))
        if mine != theirs:
            words = f"only ours {sorted((mine - theirs).elements())[:4]}, only mido's {sorted((theirs - mine).elements())[:4]}"
            result.append(("DIFFERS from mido", words))
        elif midi.type != 2:
            seconds = clock(midi)
            off = max((abs(n[k + "Seconds"] - seconds(n[k + "Tick"])) for n in found for k in ("start", "end")), default=0)
            if off > 1e-6:
                result.append(("DIFFERS from mido", f"seconds, by up to {off}"))
    try:
        score = symusic.Score(path)
    except Exception as error:
        return result + [("symusic cannot read", f"{type(error).__name__}: {error}".split("\n")[0])], len(found)
    if midi and midi.ticks_per_beat < 0:
        return result, len(found)
    flat = [tuple(note[1:]) for note in mine.elements()]
    # symusic's tracks have no channels, but for drums: channels are compared as drums or not.
    hide = lambda notes: [(note[0] == PERCUSSION, *note[1:]) for note in notes]
    read = by_key((t.is_drum, n.pitch, n.velocity, n.time, n.end) for t in score.tracks for n in t.notes)
    own = by_key(hide(flat))
    queue = by_key(hide(note for t in midi.tracks for note in pair_by_queue(t))) if midi else {}
    reasons = occasions(midi) if midi else {}
    for key in sorted(own.keys() | read.keys()):
        if own.get(key) == read.get(key):
            continue
        if midi and queue.get(key) == read.get(key) and reasons.get(key):
            words = f"drums {key[0]}, pitch {key[1]}"
            result += [(f"symusic's rule for {reason}", words) for reason in sorted(reasons[key])]
        elif midi is None:
            result.append(("symusic differs where mido cannot read", f"drums {key[0]}, pitch {key[1]}"))
        else:
            a, b = own.get(key, collections.Counter()), read.get(key, collections.Counter())
            words = f"only ours {sorted((a - b).elements())[:4]}, only symusic's {sorted((b - a).elements())[:4]}"
            result.append(("DIFFERS from symusic", words))
    return result, len(found)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("program")
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--verbose", action="store_true", help="tell every difference, explained ones too")
    options = parser.parse_args()
    endings = {".mid", ".midi", ".kar", ".rmi"}
    files = sorted(p for p in options.folder.rglob("*") if p.suffix.lower() in endings and p.is_file())
    counts, notes, equal = collections.Counter(), 0, 0
    for path in files:
        differences, count = compare(options.program, path)
        notes += count
        equal += not differences
        kinds = set()
        for kind, words in differences:
            if options.verbose or kind.startswith("DIFFERS") or kind not in kinds and " rule for " not in kind:
                print(f"{path.relative_to(options.folder)}: {kind}: {words}")
            kinds.add(kind)
        counts.update(kinds)
    print(f"{len(files)} files, {notes} notes; {equal} files equal in all three readers")
    for kind, count in sorted(counts.items()):
        print(f"{count} files: {kind}")
    sys.exit(any(kind.startswith("DIFFERS") for kind in counts))


if __name__ == "__main__":
    main()
