#!/usr/bin/env python3
"""Runs `pianojys bench` and its peers in turn, all shapes, and prints a table of medians and ratios in Markdown.

    compare.py PROGRAM [--rounds 3] [--threads N] [--compiled] [--only "forward, 16 x 128"] [--json FILE]

Each figure is the median over the rounds of the median of a process's runs; the rounds go through all programs in turn, so that what
disturbs the machine disturbs all of them. "At the peak" is the ratio that would be reached if ours did nothing but its matrix products,
at the machine's best speed.
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
parser.add_argument("--threads", type=int, default=len(os.sched_getaffinity(0)), help="of each program; all cores unless given")
parser.add_argument("--compiled", action="store_true", help="torch.compile too, which takes half a minute a shape")
parser.add_argument("--only", default="", help="the works whose names begin so")
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


def name_of(train, batch, positions, dtype):
    """What a work is called in the table."""
    return ("forward + backward" if train else "forward") + f", {batch} x {positions}, {dtype}"


results = []
for train, batch, positions, dtype in shapes:
    if not name_of(train, batch, positions, dtype).startswith(options.only):
        continue
    found = {name: [] for name in commands}
    for _ in range(options.rounds):
        for name, command in commands.items():
            runs = "5" if batch * positions * (3 if train else 1) > 8000 else "15"
            shape = ["--batch", str(batch), "--positions", str(positions), "--dtype", dtype, "--runs", runs,
                     "--threads", str(options.threads)]
            done = subprocess.run(command + shape + (["--train"] if train else []), capture_output=True, text=True)
            if done.returncode == 0:
                found[name].append(json.loads(done.stdout.splitlines()[-1]))
            else:
                print(f"{name} {shape}: {done.stderr.strip().splitlines()[-1:]}", file=sys.stderr)
    if not all(found.values()):
        continue  # what went wrong has been said
    row = dict(train=train, batch=batch, positions=positions, dtype=dtype)
    for name, lines in found.items():
        row[name] = statistics.median(line["milliseconds"] for line in lines)
        row[name + ", version"] = lines[0]["peer"]
    row["share of peak"] = statistics.median(line["share"] for line in found["pianojys"])
    row["peak GFLOP/s"] = statistics.median(line["peakGflops"] for line in found["pianojys"])
    results.append(row)
    print(json.dumps(row), file=sys.stderr, flush=True)

if results:
    print("Milliseconds; " + "; ".join(results[0][name + ", version"] for name in commands)
          + f"; {options.threads} threads; best matrix product "
          + ", ".join(f"{max(r['peak GFLOP/s'] for r in results if r['dtype'] == d):.0f} GFLOP/s in {d}"
                      for d in ("f32", "bf16") if any(r["dtype"] == d for r in results)) + ".\n")
print("| work | pianojys | share of peak | " + " | ".join(list(commands)[1:]) + " | best PyTorch / ours | at the peak | JAX / ours |")
print("|---|" + "---:|" * (len(commands) + 4))
for row in results:
    work = name_of(row["train"], row["batch"], row["positions"], row["dtype"])
    torch = min(row[name] for name in commands if name.startswith("PyTorch"))
    print(f"| {work} | {row['pianojys']:.1f} | {row['share of peak']:.0%} | "
          + " | ".join(f"{row[name]:.1f}" for name in list(commands)[1:])
          + f" | {torch / row['pianojys']:.1f} | {torch / (row['pianojys'] * row['share of peak']):.1f}"
          + f" | {row['JAX'] / row['pianojys']:.1f} |")
if options.json:
    with open(options.json, "w") as file:
        json.dump(results, file, indent=1)
