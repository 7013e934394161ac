#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The closing table of the demonstration, from the files in its folder: what was measured, as it was measured.

Usage: table.py FOLDER. Exit status 1 when something in it is not as it should be.
"""
import json
import os
import sys

folder = sys.argv[1]
good = True


def load(name):
    with open(os.path.join(folder, name), encoding="utf-8") as file:
        return json.load(file)


def row(what, value, right=True):
    global good
    good = good and right
    print(f"  {what:<38} {value}{'' if right else '   <- NOT RIGHT'}")


for name in ("v210", "uyvy"):
    timing = load(f"timing-{name}.json")
    stream = load(f"books-{name}.json")["streams"][0]
    frames, memory = timing["frames"], timing["memory"]
    card = timing["clocks"]["card"]
    nominal = card["nominal"]
    rate = f"{nominal['num']}" + (f"/{nominal['den']}" if nominal["den"] != 1 else "")
    seconds = frames["duration_ns"] / 1e9
    gigabytes = memory["frame_bytes"] * card["hz"] / 1e9
    with open(os.path.join(folder, f"check-{name}.txt"), encoding="utf-8") as file:
        checked = file.read().strip().splitlines()[-1]

    print(f"\n{timing['signal']['raster']} {timing['signal']['colour']}, captured in {memory['pixel_format']}")
    row("frames captured", f"{frames['received']} in {seconds:.3f} s, {gigabytes:.2f} GB/s")
    row("lost, repeated, damaged", f"{frames['lost']}, {frames['repeats']}, {frames['errors']}",
        not (frames["lost"] or frames["repeats"] or frames["errors"]))
    row("frame rate", f"{rate} Hz, {card['ppm']:+.3f} ppm by the card's clock", timing["pass"])
    end = timing["latency"]["from_end"]
    row("in hand after the end of the frame",
        f"{end['p50_ns'] / 1e6:.2f} ms (median), {end['p99_ns'] / 1e6:.2f} ms (99 %)")
    row("the card's books", f"{stream['delivered']} delivered, {stream['lost']} lost, {stream['overrun']} overrun",
        not (stream["lost"] or stream["overrun"]))
    row("every byte of further frames", checked)

print(f"\n  {folder}/picture.png         the picture, 16 bit")
print(f"  {folder}/timing-v210.html    how regular the frames came (also -uyvy)")
print(f"  {folder}/timing-v210.json    the same figures for programs")
print("\nAll of it on the virtual card: driver, library and program are those for a real one, the picture is written")
print("into the machine's memory byte by byte at the real rate." if good else "NOT ALL IS RIGHT, see above.")
sys.exit(0 if good else 1)
