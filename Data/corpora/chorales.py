"""Bach's four-part chorales out of music21's corpus."""

from __future__ import annotations

import os
from fractions import Fraction

from music21 import converter, corpus, stream

from exporter import Bar, Note, Piece, bars_of, key_of, meters_of, notes_of

VOICES = ('Soprano', 'Alto', 'Tenor', 'Bass')


def sources() -> list[str]:
    """The files with Bach's works in music21's corpus; analyses of them are none."""
    return sorted(
        (str(path) for path in corpus.getComposer('bach') if path.suffix != '.rntxt'),
        key=lambda path: os.path.basename(path))


def pick_voices(parts: list[stream.Part]) -> list[stream.Part] | None:
    """The four voices among the parts: chorales from cantatas come with their instruments.

    A doubled voice is called "Soprano Oboe 1 Violin1" or the like. Two sopranos make five voices: none are picked.
    """
    if len(parts) == 4 and all(part.partName is None for part in parts):
        return parts
    picked = []
    for voice in VOICES:
        named = [part for part in parts if (part.partName or '').startswith(voice)]
        if len(named) != 1:
            return None
        picked += named
    return picked


def read(path: str) -> tuple[Piece | None, str, list[str]]:
    """A chorale, or why there is none; and what was changed on the way."""
    file_name = os.path.basename(path)
    if path.endswith('.krn'):
        return None, 'the encoders of the kern files reserve the rights to electronic formats derived from them', []
    score = converter.parse(path)
    parts = list(score.parts)
    picked = pick_voices(parts)
    if picked is None:
        return None, 'no four voices among ' + ', '.join(str(part.partName) for part in parts), []
    changes = []
    if len(parts) > 4:
        changes.append(f'four voices picked from {len(parts)} parts')
    voices = []
    for part in picked:
        notes, graces = notes_of(part)
        if graces:
            changes.append(f'{graces} grace notes left out')
        for note, following in zip(notes, notes[1:]):
            if len(note.pitches) > 1 or note.end > following.start:
                return None, f'more than one note at a time in the {part.partName}', []
        voices.append(notes)
    bars = bars_of(picked[0])
    voices, bars, silent = without_silent_bars(voices, bars)
    if silent:
        changes.append(f'{silent} bars without voices left out')
    if any(len(part.recurse().getElementsByClass('RepeatMark')) for part in picked):
        changes.append('repeats not expanded')
    fifths, is_minor = key_of(picked[0])
    piece = Piece(
        name=os.path.splitext(file_name)[0], source=f'bach/{file_name}', voices=voices, voice_names=list(VOICES),
        meters=meters_of(bars), length=max(bars[-1].end, *(voice[-1].end for voice in voices)), fifths=fifths,
        is_minor=is_minor)
    return piece, '', changes


def without_silent_bars(
    voices: list[list[Note]], bars: list[Bar]
) -> tuple[list[list[Note]], list[Bar], int]:
    """Leaves out the full bars in which no voice sounds: interludes of the instruments that are not there."""
    spans = sorted((note.start, note.end) for voice in voices for note in voice)

    def is_silent(bar: Bar) -> bool:
        return not any(start < bar.end and end > bar.start for start, end in spans)

    kept: list[Bar] = []
    cuts: list[tuple[Fraction, Fraction]] = []  # from where on, how much earlier
    cut = Fraction(0)
    for bar in bars:
        if bar.length == bar.full_length and is_silent(bar):
            cut += bar.length
            cuts.append((bar.end, cut))
        else:
            kept.append(Bar(bar.start - cut, bar.length, bar.meter))

    def moved(time: Fraction) -> Fraction:
        return time - max((amount for start, amount in cuts if start <= time), default=Fraction(0))

    def moved_note(note: Note) -> Note:
        start = moved(note.start)
        return Note(start, start + note.end - note.start, note.pitches)

    return [[moved_note(note) for note in voice] for voice in voices], kept, len(cuts)
