#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""What the firmware needs: bytes of its sections, and its worst-case stack.

usage: report.py ELF OBJECT...   beside each object is what gcc -fcallgraph-info=su wrote

The stack is the longest way through the call graph, each function with the frame that gcc gave it.
A call through a pointer may go to any function that is somewhere taken as a value, by the same way
of counting. Fails on recursion, on a frame without a bound, on 64-bit division, and when the stack
that link.ld gives is not enough.
"""
import re
import subprocess
import sys

NODE = re.compile(r'node: \{ title: "([^"]*)" label: "([^"]*)"')
EDGE = re.compile(r'edge: \{ sourcename: "([^"]*)" targetname: "([^"]*)"')
FRAME = re.compile(r"(\d+) bytes \(([a-z,]+)\)")
INDIRECT = "__indirect_call"
# libgcc on rv32: leaves that need no stack
LEAVES = {"__lshrdi3", "__ashldi3", "__ashrdi3", "__muldi3", "__clzsi2", "__ctzsi2", "__bswapsi2"}


def fail(text):
    sys.exit(f"report.py: {text}")


def tool(name, *args):
    return subprocess.run(["riscv64-unknown-elf-" + name, *args], check=True, text=True,
                          capture_output=True).stdout


def graph_read(objects):
    """Functions with their frames, and who calls whom."""
    frame, calls = {}, {}
    for path in objects:
        with open(path.removesuffix(".o") + ".ci", encoding="utf-8") as file:
            text = file.read()
        for title, label in NODE.findall(text):
            found = FRAME.search(label)
            if not found:
                continue
            if "dynamic" in found[2] and "bounded" not in found[2]:
                fail(f"{title} has a frame without a bound")
            frame[title] = int(found[1])
        for source, target in EDGE.findall(text):
            calls.setdefault(source, set()).add(target)
    return frame, calls


def targets_of_pointers(objects, frame):
    """Functions whose address stands in data or is loaded: relocations other than calls and jumps."""
    taken = set()
    for line in tool("readelf", "-rW", *objects).splitlines():
        found = re.search(r"R_RISCV_(\w+)\s+\S+\s+([\w.]+)", line)
        if found and not re.match("CALL|JAL|BRANCH|RVC|RELAX", found[1]):
            taken.add(found[2])
    return {name for name in frame if name.split(":")[-1] in taken}


def deepest(name, frame, calls, pointers, known, under):
    """(bytes, way) of the worst case from here down."""
    if name in under:
        fail("recursion: " + " > ".join((*under, name)))
    if name in known:
        return known[name]
    if name == INDIRECT:
        if not pointers:
            fail(f"{under[-1]} calls through a pointer, and no function's address is taken")
        targets, own = pointers, 0
    elif name in frame:
        targets, own = calls.get(name, ()), frame[name]
    elif name in LEAVES:
        targets, own = (), 0
    else:
        fail(f"{under[-1].split(':')[-1]} calls {name}, of which nothing is known")
    below = max((deepest(target, frame, calls, pointers, known, (*under, name))
                 for target in targets), default=(0, ()))
    way = below[1] if name == INDIRECT else (f"{name.split(':')[-1]} {own}", *below[1])
    known[name] = (own + below[0], way)
    return known[name]


def main():
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    elf = sys.argv[1]
    frame, calls = graph_read(sys.argv[2:])
    pointers = targets_of_pointers(sys.argv[2:], frame)
    need, way = deepest("main", frame, calls, pointers, {}, ())

    symbols = {}
    for line in tool("nm", elf).splitlines():
        value, _, name = line.split()[-3:]
        symbols[name] = int(value, 16)
    sizes = {}
    for line in tool("size", "-A", elf).splitlines():
        word = line.split()
        if len(word) == 3 and word[0].startswith("."):
            sizes[word[0]] = int(word[1])
    ram = symbols["_ram_bytes"]
    print(f"text {sizes['.text']}, rodata {sizes.get('.rodata', 0)}, data {sizes.get('.data', 0)}, "
          f"bss {sizes.get('.bss', 0)} bytes")
    print(f"memory {symbols['_memory_bytes']} of {ram} bytes, stack included")
    print(f"stack {need} of {symbols['_stack_bytes']} bytes at worst: {' > '.join(way)}")
    if need > symbols["_stack_bytes"]:
        fail("the stack of link.ld is too small")


main()
