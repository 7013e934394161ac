/* SPDX-License-Identifier: MIT */
/*
 * CRC-32C (Castagnoli, RFC 3720 section 12.1 and B.4), and the joining of CRCs: from those of two
 * neighbouring blocks follows that of both together without touching the bytes again. That is how
 * a frame's CRC is known without reading the frame.
 */
#ifndef VCARD_CRC32C_H
#define VCARD_CRC32C_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* CRC of what crc already covers, followed by bytes; start with 0. */
uint32_t crc32c(uint32_t crc, const void *data, size_t bytes);

/* The two ways to compute it; crc32c() takes the one that is faster on this machine. */
uint32_t crc32c_portable(uint32_t crc, const void *data, size_t bytes);
/* false when the processor has no such instruction, and then *out is left alone. */
bool crc32c_hardware(uint32_t crc, const void *data, size_t bytes, uint32_t *out);

/* What appending a block of one fixed length does to a CRC; 4 KiB, made once per length. */
struct crc32c_shift {
	uint64_t bytes;
	uint32_t table[4][256];
};

void crc32c_shift_init(struct crc32c_shift *shift, uint64_t bytes);

/* CRC of block A followed by block B, where shift was made for the length of B. A few ns. */
static inline uint32_t crc32c_combine(const struct crc32c_shift *shift, uint32_t crc_a,
				      uint32_t crc_b)
{
	return shift->table[0][crc_a & 0xff] ^ shift->table[1][crc_a >> 8 & 0xff] ^
	       shift->table[2][crc_a >> 16 & 0xff] ^ shift->table[3][crc_a >> 24] ^ crc_b;
}

/* The same for a length that comes up once: about a microsecond. */
uint32_t crc32c_combine_once(uint32_t crc_a, uint32_t crc_b, uint64_t bytes_b);

#endif
