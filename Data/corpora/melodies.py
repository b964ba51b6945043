"""Fiddle tunes of three printed collections out of music21's corpus, in segments that a grid of sixteenths can hold."""

from __future__ import annotations

import bisect
import os
import re
from collections import Counter
from fractions import Fraction

from music21 import converter, corpus, stream

from exporter import Bar, Note, Piece, bars_of, key_of, meters_of, notes_of

# The folder in music21's corpus, and what the MIDI files are called after.
COLLECTIONS = {'ryansMammoth': 'ryan', 'oneills1850': 'oneill', 'airdsAirs': 'aird'}

# A shorter stretch between two bars that had to be left out is left out too.
SHORTEST_SEGMENT_IN_BARS = 4


def sources() -> list[str]:
    """The files of the collections in music21's corpus."""
    paths = [str(path) for path in corpus.corpora.CoreCorpus().getPaths()]
    return sorted(path for path in paths if os.path.basename(os.path.dirname(path)) in COLLECTIONS)


def read(path: str) -> tuple[list[tuple[Piece, str, str]], Counter[str]]:
    """The segments of a file, each with its title and its tune; and counts of what was read and left out."""
    counts: Counter[str] = Counter()
    parsed = converter.parse(path)
    scores = list(parsed.scores) if isinstance(parsed, stream.Opus) else [parsed]
    folder = os.path.basename(os.path.dirname(path))
    stem = os.path.splitext(os.path.basename(path))[0]
    segments = []
    for score in scores:
        counts['tunes'] += 1
        part = score.parts[0]
        if len(score.parts) > 1:
            counts['tunes of which only the first voice was taken'] += 1
        notes, graces = notes_of(part)
        counts['grace notes left out'] += graces
        bars = bars_of(part)
        if not notes or not bars:
            counts['tunes without notes or meter'] += 1
            continue
        title = score.metadata.title or stem
        number = f'-{int(score.metadata.number)}' if len(scores) > 1 else ''
        name = f'{COLLECTIONS[folder]}-{stem}{number}'
        runs = good_runs(notes, bars, counts)
        found = False
        for letter, run in zip(letters(), runs):
            piece = segment(notes, run)
            piece.name = name + (f'-{letter}' if len(runs) > 1 else '')
            piece.source = f'{folder}/{os.path.basename(path)}'
            piece.fifths, piece.is_minor = key_of(part)
            segments.append((piece, title, tune_of(title, name)))
            found = True
        counts['tunes with no segment long enough'] += not found
    return segments, counts


def letters():
    """a, b, ... z, aa, ab ..."""
    alphabet = 'abcdefghijklmnopqrstuvwxyz'
    yield from alphabet
    for first in alphabet:
        for second in alphabet:
            yield first + second


def tune_of(title: str, name: str) -> str:
    """What tells a tune from others before their notes are compared: its title without its kind, case and signs."""
    plain = re.sub('[^a-z]', '', title.lower().split('--')[0])
    return plain or name


def good_runs(notes: list[Note], bars: list[Bar], counts: Counter[str]) -> list[list[Bar]]:
    """The longest stretches of bars that a grid of sixteenths holds as they are, with all bar lines in place.

    Left out: bars with chords, bars with notes off the grid (triplets, 32nds), bars longer than their meter. A stretch ends where
    the meter changes and where an incomplete bar is not completed by the next, so that each has one meter and its
    bars come at equal distances.
    """
    starts = [note.start for note in notes]
    runs: list[list[Bar]] = []
    current: list[Bar] = []
    filled = Fraction(0)  # how much of the current bar of the grid the run's last bar leaves filled

    def close() -> None:
        if not current:
            return
        length = current[-1].end - current[0].start
        if length >= SHORTEST_SEGMENT_IN_BARS * current[0].full_length:
            runs.append(list(current))
        else:
            counts['bars in segments that are too short'] += len(current)
        current.clear()

    for bar in bars:
        counts['bars'] += 1
        first = max(0, bisect.bisect_right(starts, bar.start) - 1)
        within = [note for note in notes[first:bisect.bisect_left(starts, bar.end)] if note.end > bar.start]
        fault = ''
        if any(len(note.pitches) > 1 for note in within):
            fault = 'bars with chords'
        elif not all(note.is_on_grid for note in within):
            fault = 'bars with triplets or notes shorter than a sixteenth'
        elif bar.length > bar.full_length or (bar.length / Fraction(1, 4)).denominator != 1:
            fault = 'bars longer than their meter'
        if fault:
            counts[fault] += 1
            close()
            continue
        if current and current[-1].meter != bar.meter:
            close()
        # The first bar of a run may be a pickup: the bar after it begins on a bar line in any case.
        if len(current) > 1 and filled + bar.length > bar.full_length:
            counts['stretches cut because of an incomplete bar'] += 1
            close()
        if len(current) <= 1:
            filled = Fraction(0)
        filled = (filled + bar.length) % bar.full_length
        current.append(bar)
    close()
    return runs


def segment(notes: list[Note], bars: list[Bar]) -> Piece:
    """The notes that begin in a run of bars, from the run's own zero; a note that would outlast the run ends with it."""
    start, end = bars[0].start, bars[-1].end
    voice = [
        Note(note.start - start, min(note.end, end) - start, note.pitches)
        for note in notes if start <= note.start < end]
    moved = [Bar(bar.start - start, bar.length, bar.meter) for bar in bars]
    return Piece(
        name='', source='', voices=[voice], voice_names=['Melody'], meters=meters_of(moved), length=end - start)
