#!/usr/bin/env python3
"""Turns the standard data set, Jsb16thSeparated.npz, into a corpus file: for measuring against published figures.

    .venv/bin/python Data/corpora/jsb16.py Jsb16thSeparated.npz --midi /tmp/jsb16 --output /tmp/jsb16.corpus

The data set is not ours to pass on, so neither are the MIDI files nor the corpus file. It has 229, 76 and 77 grids of
sixteenths without names, meters, keys, or onsets: repeated notes are long ones. The meter is taken for 4/4 from the
first step, and pieces are called train-000 and so on. None is left out, though a few stand in two splits.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import os
import subprocess

import numpy

from exporter import SIXTEENTH, Note, Piece, write_midi

HERE = os.path.dirname(os.path.abspath(__file__))
VOICES = ['Soprano', 'Alto', 'Tenor', 'Bass']


def voice_of(pitches: numpy.ndarray) -> list[Note]:
    """The notes of a voice, given its pitch at every step, NaN for a rest."""
    notes: list[Note] = []
    for step, pitch in enumerate(pitches):
        if numpy.isnan(pitch):
            continue
        start, end = step * SIXTEENTH, (step + 1) * SIXTEENTH
        if notes and notes[-1].end == start and notes[-1].pitches == (int(pitch),):
            notes[-1].end = end
        else:
            notes.append(Note(start, end, (int(pitch),)))
    return notes


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('npz')
    parser.add_argument('--midi', required=True, help='a folder for the MIDI files and the manifest')
    parser.add_argument('--output', required=True, help='the corpus file')
    parser.add_argument(
        '--pianojys', default=os.path.join(HERE, '../../.build/release/pianojys'), help='the program')
    options = parser.parse_args()

    data = numpy.load(options.npz, allow_pickle=True, encoding='latin1')
    pieces, entries = [], []
    for split in ('train', 'valid', 'test'):
        for number, grid in enumerate(data[split]):
            grid = numpy.asarray(grid, dtype=float)
            name = f'{split}-{number:03}'
            pieces.append(Piece(
                name=name, source=options.npz, voices=[voice_of(column) for column in grid.T], voice_names=VOICES,
                meters=[(0, (4, 4))], length=len(grid) * SIXTEENTH))
            entries.append({'file': f'{name}.mid', 'name': name, 'split': split, 'group': name})

    os.makedirs(options.midi, exist_ok=True)
    with multiprocessing.Pool() as pool:
        pool.starmap(write_midi, [(piece, os.path.join(options.midi, f'{piece.name}.mid')) for piece in pieces])
    with open(os.path.join(options.midi, 'manifest.json'), 'w', encoding='utf-8') as file:
        json.dump({'name': 'jsb16', 'lanes': 4, 'pieces': entries}, file, indent=1)
    subprocess.run(
        [
            options.pianojys, 'corpus', 'build', options.midi, '--encoding', 'sustain', '--voices', 'trackOrder',
            '--keep-copies', '--minimum-steps', '1', '--output', options.output],
        check=True)


if __name__ == '__main__':
    main()
