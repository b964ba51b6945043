#!/usr/bin/env python3
"""Runs `pianojys bench` and its peers in turn, all shapes, and prints a table of medians and ratios in Markdown.

    compare.py PROGRAM [--rounds 3] [--compiled] [--json FILE]

Each figure is the median over the rounds of the median of a process's runs; the rounds go through all programs in turn, so that what
disturbs the machine disturbs all of them.
"""
import argparse
import json
import os
import statistics
import subprocess
import sys

parser = argparse.ArgumentParser()
parser.add_argument("program")
parser.add_argument("--rounds", type=int, default=3)
parser.add_argument("--compiled", action="store_true", help="torch.compile too, which takes half a minute a shape")
parser.add_argument("--json")
options = parser.parse_args()

encoder = os.path.join(os.path.dirname(__file__), "encoder.py")
commands = {
    "pianojys": [options.program, "bench"],
    "PyTorch": [sys.executable, encoder, "torch"],
    "JAX": [sys.executable, encoder, "jax"],
}
if options.compiled:
    commands["PyTorch, compiled"] = [sys.executable, encoder, "torch", "--compile"]
shapes = [
    (train, batch, positions, dtype)
    for train in (False, True)
    for batch, positions in ([(16, 128), (16, 512)] if train else [(1, 128), (1, 512), (16, 128), (16, 512)])
    for dtype in ("f32", "bf16")
]
results = []
for train, batch, positions, dtype in shapes:
    found = {name: [] for name in commands}
    for _ in range(options.rounds):
        for name, command in commands.items():
            runs = "5" if batch * positions * (3 if train else 1) > 8000 else "15"
            shape = ["--batch", str(batch), "--positions", str(positions), "--dtype", dtype, "--runs", runs]
            done = subprocess.run(command + shape + (["--train"] if train else []), capture_output=True, text=True)
            if done.returncode == 0:
                found[name].append(json.loads(done.stdout.splitlines()[-1]))
            else:
                print(f"{name} {shape}: {done.stderr.strip().splitlines()[-1:]}", file=sys.stderr)
    row = dict(train=train, batch=batch, positions=positions, dtype=dtype)
    for name, lines in found.items():
        if lines:
            row[name] = statistics.median(line["milliseconds"] for line in lines)
            row[name + ", version"] = lines[0]["peer"]
    row["share of peak"] = statistics.median(line["share"] for line in found["pianojys"])
    row["peak GFLOP/s"] = statistics.median(line["peakGflops"] for line in found["pianojys"])
    results.append(row)
    print(json.dumps(row), file=sys.stderr, flush=True)

print("| work | pianojys | share of peak | " + " | ".join(list(commands)[1:]) + " | best PyTorch / ours | JAX / ours |")
print("|---|" + "---:|" * (len(commands) + 3))
for row in results:
    work = ("forward + backward" if row["train"] else "forward") + f", {row['batch']} x {row['positions']}, {row['dtype']}"
    figures = [f"{row[name]:.1f}" if name in row else "fails" for name in list(commands)[1:]]
    torch = min(row.get(name, float("inf")) for name in ("PyTorch", "PyTorch, compiled"))
    print(f"| {work} | {row['pianojys']:.1f} | {row['share of peak']:.0%} | " + " | ".join(figures)
          + f" | {torch / row['pianojys']:.1f} | {row.get('JAX', float('nan')) / row['pianojys']:.1f} |")
if options.json:
    with open(options.json, "w") as file:
        json.dump(results, file, indent=1)
