"""Voices of a piece, taken out of a music21 score, and their way into a MIDI file.

A piece is written by music21's own MIDI export, from a fresh score that holds nothing but what the corpus needs.
Exporting the parsed score itself would go wrong in three ways:

* music21 expands repeats; here every section stands once.
* A pickup is written as a full bar of the main meter, so that all bar lines are off. Here a pickup is a first bar of
  a short meter of its own, as in other MIDI files.
* All tracks end a quarter note after their last note, whatever the score says; `write_midi` puts that right.
"""

from __future__ import annotations

import bisect
import dataclasses
from fractions import Fraction

from music21 import key as m21key
from music21 import meter as m21meter
from music21 import midi as m21midi
from music21 import note as m21note
from music21 import stream as m21stream

SIXTEENTH = Fraction(1, 4)


@dataclasses.dataclass
class Note:
    """A note in quarters from the beginning; `pitches` has more than one for a chord."""

    start: Fraction
    end: Fraction
    pitches: tuple[int, ...]

    @property
    def is_on_grid(self) -> bool:
        return (self.start / SIXTEENTH).denominator == 1 and (self.end / SIXTEENTH).denominator == 1


@dataclasses.dataclass
class Bar:
    """A bar as the source writes it, in quarters; a bar cut in two by a repeat sign is two of them."""

    start: Fraction
    length: Fraction
    meter: tuple[int, int]

    @property
    def end(self) -> Fraction:
        return self.start + self.length

    @property
    def full_length(self) -> Fraction:
        return Fraction(4 * self.meter[0], self.meter[1])


@dataclasses.dataclass
class Piece:
    """What goes into a MIDI file: voices from the highest down, times in quarters from the first note's bar."""

    name: str
    source: str
    voices: list[list[Note]]
    voice_names: list[str]
    meters: list[tuple[Fraction, tuple[int, int]]]
    length: Fraction
    fifths: int | None = None
    is_minor: bool = False

    @property
    def main_meter(self) -> tuple[int, int]:
        """The meter that holds for most of the piece."""
        spans: dict[tuple[int, int], Fraction] = {}
        ends = [start for start, _ in self.meters[1:]] + [self.length]
        for (start, meter), end in zip(self.meters, ends):
            spans[meter] = spans.get(meter, Fraction(0)) + end - start
        return max(spans, key=lambda meter: spans[meter])


def notes_of(part: m21stream.Part) -> tuple[list[Note], int]:
    """The notes of a part with ties joined, and how many grace notes were left out."""
    notes: list[Note] = []
    graces = 0
    for element in part.flatten().notes:
        if 'ChordSymbol' in element.classes:
            continue
        if element.duration.isGrace or element.duration.quarterLength == 0:
            graces += 1
            continue
        start = Fraction(element.offset).limit_denominator(1000)
        end = start + Fraction(element.duration.quarterLength).limit_denominator(1000)
        pitches = tuple(round(pitch.ps) for pitch in element.pitches)
        goes_on = element.tie is not None and element.tie.type in ('stop', 'continue')
        if goes_on and notes and notes[-1].pitches == pitches and notes[-1].end == start:
            notes[-1].end = end
        else:
            notes.append(Note(start, end, pitches))
    return notes, graces


def bars_of(part: m21stream.Part) -> list[Bar]:
    """The bars of a part, each with the meter that holds in it."""
    changes = sorted(
        (Fraction(change.getOffsetInHierarchy(part)).limit_denominator(1000), change.numerator, change.denominator)
        for change in part.recurse().getElementsByClass('TimeSignature'))
    bars = []
    for measure in part.getElementsByClass('Measure'):
        start = Fraction(measure.offset).limit_denominator(1000)
        length = Fraction(measure.duration.quarterLength).limit_denominator(1000)
        if length > 0 and changes:
            current = changes[max(0, bisect.bisect_right(changes, (start, 999, 999)) - 1)]
            bars.append(Bar(start, length, current[1:]))
    return bars


def key_of(part: m21stream.Part) -> tuple[int | None, bool]:
    """The first key signature: sharps (flats negative), and whether the mode has a minor third."""
    for signature in part.recurse().getElementsByClass('KeySignature'):
        return signature.sharps, getattr(signature, 'mode', None) in ('minor', 'aeolian', 'dorian', 'phrygian')
    return None, False


def meters_of(bars: list[Bar]) -> list[tuple[Fraction, tuple[int, int]]]:
    """The meter changes that make MIDI bar lines fall where the source has them.

    A pickup gets a short meter. So does an incomplete bar within the piece, unless what follows completes it (a
    section that ends on beat 3 and the next one's upbeat on beat 4 are one bar); a bar longer than its meter gets a
    longer one.
    """
    lengths: list[tuple[Fraction, Fraction, tuple[int, int]]] = []  # start, length, the meter if it is full
    for number, bar in enumerate(bars):
        if number > 1 and lengths:
            start, length, meter = lengths[-1]
            if meter == bar.meter and length + bar.length <= bar.full_length:
                lengths[-1] = (start, length + bar.length, meter)
                continue
        lengths.append((bar.start, bar.length, bar.meter))
    meters: list[tuple[Fraction, tuple[int, int]]] = []
    for number, (start, length, meter) in enumerate(lengths):
        full = Fraction(4 * meter[0], meter[1])
        is_last = number == len(lengths) - 1
        if length != full and not (is_last and length < full and number > 0):
            denominator = meter[1]
            while (length * denominator / 4).denominator != 1:
                denominator *= 2
            meter = (int(length * denominator / 4), denominator)
        if not meters or meters[-1][1] != meter:
            meters.append((start, meter))
    return meters


def write_midi(piece: Piece, path: str) -> None:
    """Writes a piece with music21's MIDI export, one track a voice."""
    score = m21stream.Score()
    for number, (voice, name) in enumerate(zip(piece.voices, piece.voice_names)):
        part = m21stream.Part(id=name)
        part.partName = name
        if number == 0:
            for start, (numerator, denominator) in piece.meters:
                part.insert(start, m21meter.TimeSignature(f'{numerator}/{denominator}'))
            if piece.fifths is not None:
                signature = m21key.KeySignature(piece.fifths)
                part.insert(0, signature.asKey('minor' if piece.is_minor else 'major'))
        for note in voice:
            element = m21note.Note(note.pitches[-1])
            element.quarterLength = note.end - note.start
            part.insert(note.start, element)
        score.insert(0, part)
    midi_file = m21midi.translate.streamToMidiFile(score)
    for track in midi_file.tracks:
        # The time before the end of the track: music21 always puts a quarter there.
        elapsed = sum(event.time for event in track.events[:-2] if event.isDeltaTime())
        track.events[-2].time = int(piece.length * midi_file.ticksPerQuarterNote) - elapsed
    with open(path, 'wb') as file:
        file.write(midi_file.writestr())
