"""The standard split of the chorales (Boulanger-Lewandowski 2012), carried over to music21's chorales.

The standard split is that of `Jsb16thSeparated.npz` (repository czhuang/JSB-Chorales-dataset): 229, 76 and 77 grids
without names. Its pieces are found among ours by what the four voices do: the set of all successions of five
different chords, each given by its voices' distances from the first chord's bass. The set does not change with
transposition, and little with repeats (expanded there, not here), pickups, note lengths and small edits. How alike
two pieces are is the share of the smaller set that is in the other one too.
"""

from __future__ import annotations

import csv
import dataclasses
from collections import Counter, defaultdict

import numpy

from exporter import Piece

SUCCESSION = 5

# Two pieces this much alike are one. True matches reach 0.35 and more. From there down to 0.15 come other
# harmonisations of a tune with phrases in common; those above 0.25 are kept together to be on the safe side.
ALIKE = 0.25

# The rule for a group with pieces of several standard splits: nothing that is tested on may be learnt from.
STRICTEST_FIRST = ('test', 'valid', 'train')


def chords_of_piece(piece: Piece) -> list[tuple[int, ...]]:
    """The chords of a piece in the order they are heard, each once; those with a resting voice are left out."""
    times = sorted({note.start for voice in piece.voices for note in voice})
    chords = []
    position = [0] * len(piece.voices)
    for time in times:
        chord = []
        for number, voice in enumerate(piece.voices):
            while position[number] < len(voice) and voice[position[number]].end <= time:
                position[number] += 1
            if position[number] < len(voice) and voice[position[number]].start <= time:
                chord.append(voice[position[number]].pitches[-1])
        if len(chord) == len(piece.voices):
            chords.append(tuple(chord))
    return without_repetitions(chords)


def chords_of_grid(grid: numpy.ndarray) -> list[tuple[int, ...]]:
    """The chords of a grid of the standard data, steps by voices, NaN for a rest."""
    return without_repetitions([tuple(int(pitch) for pitch in row) for row in grid if not numpy.isnan(row).any()])


def without_repetitions(chords: list[tuple[int, ...]]) -> list[tuple[int, ...]]:
    return [chord for number, chord in enumerate(chords) if number == 0 or chord != chords[number - 1]]


def successions(chords: list[tuple[int, ...]]) -> set[tuple[int, ...]]:
    """All successions of chords, as distances from the first chord's bass."""
    return {
        tuple(pitch - chords[start][-1] for chord in chords[start:start + SUCCESSION] for pitch in chord)
        for start in range(len(chords) - SUCCESSION + 1)}


def likeness(features: dict[str, set]) -> dict[tuple[str, str], float]:
    """How alike every two pieces are, if they have anything in common."""
    owners = defaultdict(list)
    for name, feature_set in features.items():
        for feature in feature_set:
            owners[feature].append(name)
    common: Counter[tuple[str, str]] = Counter()
    for names in owners.values():
        for number, first in enumerate(names):
            for second in names[number + 1:]:
                common[min(first, second), max(first, second)] += 1
    return {
        (first, second): count / min(len(features[first]), len(features[second]))
        for (first, second), count in common.items()}


def grouped(names: list[str], pairs: list[tuple[str, str]]) -> list[list[str]]:
    """The sets of names that the pairs connect, each in the order of the names."""
    parent = {name: name for name in names}

    def root(name: str) -> str:
        while parent[name] != name:
            parent[name] = parent[parent[name]]
            name = parent[name]
        return name

    for first, second in pairs:
        parent[root(first)] = root(second)
    groups = defaultdict(list)
    for name in names:
        groups[root(name)].append(name)
    return list(groups.values())


@dataclasses.dataclass
class Assignment:
    """Where a chorale stands, the group it shares that with, and the standard pieces that decided it."""

    split: str
    group: str
    standard: list[str]


def near_copies(pieces: list[Piece]) -> dict[str, str]:
    """Pieces that are another one again, in another file or key: each with the piece that is kept.

    The one with more successions is kept; of equal ones the shorter, which has fewer bars of rest. An excerpt or a
    version with small edits, 90 % of whose successions stand in the other, is such a copy.
    """
    features = {piece.name: successions(chords_of_piece(piece)) for piece in pieces}
    alike = likeness(features)
    copies: dict[str, str] = {}
    kept: list[str] = []
    for piece in sorted(pieces, key=lambda piece: (-len(features[piece.name]), piece.length, piece.name)):
        original = next(
            (name for name in kept if alike.get((min(name, piece.name), max(name, piece.name)), 0) >= 0.9), None)
        if original:
            copies[piece.name] = original
        else:
            kept.append(piece.name)
    return copies


def assign(pieces: list[Piece], npz: str) -> dict[str, Assignment]:
    """Assigns every chorale to a split by the standard data, and prints how well the two match."""
    data = numpy.load(npz, allow_pickle=True, encoding='latin1')
    standard = {
        f'{split} {number}': chords_of_grid(numpy.asarray(grid, dtype=float))
        for split in ('train', 'valid', 'test') for number, grid in enumerate(data[split])}
    chords = {piece.name: chords_of_piece(piece) for piece in pieces} | standard
    features = {name: successions(chord_list) for name, chord_list in chords.items()}
    alike = likeness(features)
    groups = grouped(list(features), [pair for pair, share in alike.items() if share >= ALIKE])

    assignments: dict[str, Assignment] = {}
    matched = Counter()
    mixed = []
    for members in groups:
        theirs = [name for name in members if name in standard]
        ours = [name for name in members if name not in standard]
        splits = {name.split()[0] for name in theirs}
        split = next((split for split in STRICTEST_FIRST if split in splits), 'train')
        if len(splits) > 1:
            mixed.append(f'{ours} ({", ".join(theirs)}): {split}')
        for name in ours:
            assignments[name] = Assignment(split, ours[0], theirs)
            matched['ours'] += bool(theirs)
        if ours:
            matched['theirs'] += len(theirs)
    print(f'standard split: {matched["theirs"]} of {len(standard)} standard pieces are among ours, '
          f'{matched["ours"]} of our {len(pieces)} among the standard ones')
    for line in mixed:
        print(f'  in several standard splits: {line}')
    shares = sorted(share for pair, share in alike.items() if (pair[0] in standard) != (pair[1] in standard))
    print('  likeness of ours to theirs: ' + ', '.join(
        f'{low:.2f}-{low + 0.05:.2f}: {sum(low <= share < low + 0.05 for share in shares)}'
        for low in [0.1, 0.15, 0.2, 0.25, 0.3, 0.35, 0.4, 0.45]))
    report_tunes(pieces, assignments)
    return assignments


def report_tunes(pieces: list[Piece], assignments: dict[str, Assignment]) -> None:
    """Says how many tunes are harmonised in several splits: the standard split does not keep those apart."""
    features = {}
    for piece in pieces:
        tune = without_repetitions([(note.pitches[-1],) for note in piece.voices[0]])
        steps = [second[0] - first[0] for first, second in zip(tune, tune[1:])]
        features[piece.name] = {tuple(steps[start:start + 8]) for start in range(len(steps) - 7)}
    alike = likeness(features)
    tunes = grouped(list(features), [pair for pair, share in alike.items() if share >= 0.5])
    shared = [tune for tune in tunes if len({assignments[name].split for name in tune}) > 1]
    print(f'  {len(tunes)} tunes by the soprano\'s intervals; {len(shared)} of them, '
          f'{sum(map(len, shared))} pieces, are harmonised in more than one split')


def read_assignments(path: str) -> dict[str, Assignment]:
    """Reads the split that is kept with the corpora."""
    with open(path, newline='', encoding='utf-8') as file:
        return {
            row['name']: Assignment(row['split'], row['group'], row['standard'].split('; ') if row['standard'] else [])
            for row in csv.DictReader(file)}


def write_assignments(assignments: dict[str, Assignment], path: str) -> None:
    """Writes the split that is kept with the corpora."""
    with open(path, 'w', newline='', encoding='utf-8') as file:
        writer = csv.writer(file, lineterminator='\n')
        writer.writerow(['name', 'split', 'group', 'standard'])
        for name, assignment in assignments.items():
            writer.writerow([name, assignment.split, assignment.group, '; '.join(assignment.standard)])
