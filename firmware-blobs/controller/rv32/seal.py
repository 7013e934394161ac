#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Make a controller image loadable: fill in the CRCs of its header (docs/hardware.md, section 16).

usage: seal.py IN OUT   IN is header and payload, as the linker laid them out
"""
import struct
import sys

HEADER = 64
PAYLOAD_BYTES, PAYLOAD_CRC, HEADER_CRC = 0x1C, 0x24, 0x3C


def crc32c(data):
    """RFC 3720, 12.1: polynomial 1EDC6F41h, reflected."""
    crc = 0xFFFFFFFF
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = crc >> 1 ^ (0x82F63B78 if crc & 1 else 0)
    return crc ^ 0xFFFFFFFF


def main():
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    assert crc32c(b"123456789") == 0xE3069283  # the usual check value
    with open(sys.argv[1], "rb") as file:
        image = bytearray(file.read())
    payload = image[HEADER:]
    (said,) = struct.unpack_from("<I", image, PAYLOAD_BYTES)
    if said != len(payload):
        sys.exit(f"seal.py: payload of {len(payload)} bytes, but the header says {said}")
    struct.pack_into("<I", image, PAYLOAD_CRC, crc32c(payload))
    struct.pack_into("<I", image, HEADER_CRC, crc32c(image[:HEADER_CRC]))
    with open(sys.argv[2], "wb") as file:
        file.write(image)


main()
