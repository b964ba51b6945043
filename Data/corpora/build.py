#!/usr/bin/env python3
"""Rebuilds the corpora of this folder from music21's corpus: music21 exports MIDI, `pianojys corpus build` makes grids.

    python3 -m venv .venv && .venv/bin/pip install music21==10.5.1 numpy
    swift build -c release
    .venv/bin/python Data/corpora/build.py --midi /tmp/midi

With --standard-split Jsb16thSeparated.npz the split of the chorales is worked out anew (and kept in
chorales-split.csv); without it, the one kept there is used.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import os
import subprocess
import sys
from collections import Counter

import music21

import chorales
import melodies
import standard_split
from exporter import write_midi

HERE = os.path.dirname(os.path.abspath(__file__))
SPLIT_FILE = os.path.join(HERE, 'chorales-split.csv')


def write_all(pool, pieces, folder: str) -> None:
    os.makedirs(folder, exist_ok=True)
    pool.starmap(write_midi, [(piece, os.path.join(folder, f'{piece.name}.mid')) for piece in pieces], chunksize=16)


def entry(piece, **more) -> dict:
    numerator, denominator = piece.main_meter
    return {
        'file': f'{piece.name}.mid', 'name': piece.name, 'source': f'music21 {music21.__version__}: {piece.source}',
        'meter': f'{numerator}/{denominator}', 'fifths': piece.fifths, 'isMinor': piece.is_minor, **more}


def write_manifest(folder: str, name: str, lanes: int, pieces: list[dict], left_out: list[dict]) -> None:
    with open(os.path.join(folder, 'manifest.json'), 'w', encoding='utf-8') as file:
        manifest = {'name': name, 'lanes': lanes, 'pieces': pieces, 'leftOut': left_out}
        json.dump(manifest, file, indent=1, ensure_ascii=False)
        file.write('\n')


def export_chorales(pool, folder: str, npz: str | None) -> None:
    left_out, read = [], []
    changes: Counter[str] = Counter()
    for path, (piece, why, changed) in zip(chorales.sources(), pool.map(chorales.read, chorales.sources(), chunksize=8)):
        if piece is None:
            left_out.append({'source': os.path.basename(path), 'why': why})
            continue
        read.append(piece)
        for change in changed:
            print(f'  {piece.name}: {change}')
    assert len({piece.name for piece in read}) == len(read)
    copies = standard_split.near_copies(read)
    left_out += [{'source': name, 'why': f'the same piece as {kept}'} for name, kept in copies.items()]
    if npz:
        # Copies take part, so that a piece is found by any of its versions.
        assignments = standard_split.assign(read, npz)
        standard_split.write_assignments(
            {piece.name: assignments[piece.name] for piece in read if piece.name not in copies}, SPLIT_FILE)
    assignments = standard_split.read_assignments(SPLIT_FILE)
    pieces = [piece for piece in read if piece.name not in copies]
    missing = [piece.name for piece in pieces if piece.name not in assignments]
    if missing:
        sys.exit(f'{SPLIT_FILE} does not say where these stand: {missing}; give --standard-split')
    write_all(pool, pieces, folder)
    write_manifest(
        folder, 'chorales', 4,
        [entry(piece, split=assignments[piece.name].split, group=assignments[piece.name].group) for piece in pieces],
        left_out)
    for line in left_out:
        print(f'  left out {line["source"]}: {line["why"]}')
    print(f'chorales: {len(pieces)} pieces from {len(chorales.sources())} files')


def export_melodies(pool, folder: str) -> None:
    counts: Counter[str] = Counter()
    pieces, entries = [], []
    for segments, file_counts in pool.map(melodies.read, melodies.sources(), chunksize=4):
        counts += file_counts
        for piece, title, tune in segments:
            pieces.append(piece)
            entries.append(entry(piece, title=title, group=tune))
    names = Counter(piece.name for piece in pieces)
    assert max(names.values()) == 1, names.most_common(3)
    write_all(pool, pieces, folder)
    write_manifest(folder, 'melodies', 1, entries, [{'what': what, 'count': count} for what, count in counts.items()])
    for what, count in counts.items():
        print(f'  {what}: {count}')
    print(f'melodies: {len(pieces)} segments')


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--midi', required=True, help='a folder for the MIDI files and manifests')
    parser.add_argument('--only', choices=['chorales', 'melodies'], help='one of the two')
    parser.add_argument('--standard-split', metavar='NPZ', help='work out the split of the chorales by this file')
    parser.add_argument('--output', default=HERE, help='where the corpora go (default: this folder)')
    parser.add_argument(
        '--pianojys', default=os.path.join(HERE, '../../.build/release/pianojys'), help='the program')
    options = parser.parse_args()
    with multiprocessing.Pool() as pool:
        for name in [options.only] if options.only else ['chorales', 'melodies']:
            folder = os.path.join(options.midi, name)
            if name == 'chorales':
                export_chorales(pool, folder, options.standard_split)
            else:
                export_melodies(pool, folder)
            subprocess.run(
                [
                    options.pianojys, 'corpus', 'build', folder, '--voices', 'trackOrder',
                    '--output', os.path.join(options.output, f'{name}.corpus')],
                check=True)


if __name__ == '__main__':
    main()
