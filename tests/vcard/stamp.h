/* SPDX-License-Identifier: MIT */
/*
 * The stamp: every frame says, in its own picture, which frame of the wire it is and what the rest
 * of it must add up to. A receiver of any memory format can so prove what it holds.
 *
 * The stamp is 128 bits, most significant first, as black (64) and white (940) luma cells with
 * neutral chroma in the picture's top left corner: STAMP_CELL_ROWS rows of STAMP_CELLS cells.
 *	bits 127:112	STAMP_MAGIC; of an interlaced picture STAMP_MAGIC_FIRST or _SECOND
 *	bits 111:48	number of the frame on the wire
 *	bits  47:16	checksum of the picture, see stamp_checksum()
 *	bits  15:0	low half of the CRC-32C of the 14 bytes before it
 * An interlaced picture has a stamp in each of its fields: lines 0, 2, 4 ... say that they are the
 * first field of their frame, lines 1, 3, 5 ... that they are the second. Lines that were woven in
 * the wrong order, or of two frames, show that.
 *
 * A cell is 36 x 4 pixels: whole groups of v210 (6), whole chroma pairs, and 4:2:0 rows in pairs;
 * the stamp is 1152 x 16 and so fits 1280 x 720.
 *
 * This file and stamp.c need only a layout (pack.h) and crc32c.[ch]: tests use them on captured
 * buffers. The card's writer of stamps is in render.c.
 */
#ifndef VCARD_STAMP_H
#define VCARD_STAMP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "pack.h"

#define STAMP_MAGIC		0x4b38	/* "K8" */
#define STAMP_MAGIC_FIRST	0x4b31	/* "K1": lines of the first field */
#define STAMP_MAGIC_SECOND	0x4b32	/* "K2" */
#define STAMP_BITS		128
#define STAMP_BYTES		(STAMP_BITS / 8)
#define STAMP_CELLS		32	/* cells in a row of cells */
#define STAMP_CELL_ROWS		4
#define STAMP_CELL_WIDTH	36	/* pixels */
#define STAMP_CELL_HEIGHT	4	/* pixels */
#define STAMP_WIDTH		(STAMP_CELLS * STAMP_CELL_WIDTH)		/* 1152 pixels */
#define STAMP_ROWS		(STAMP_CELL_ROWS * STAMP_CELL_HEIGHT)	/* 16 rows */
#define STAMP_BLACK		64
#define STAMP_WHITE		940
#define STAMP_NEUTRAL		512	/* chroma */

struct stamp {
	uint64_t frame;		/* number of the frame on the wire */
	uint32_t checksum;	/* what stamp_checksum() of the buffer must give */
	bool interlaced;	/* found as two fields */
};

/*
 * The stamp's 128 bits, first bit in the most significant bit of bits[0]; of an interlaced picture
 * those of one field.
 */
void stamp_encode(const struct stamp *stamp, bool second, uint8_t bits[STAMP_BYTES]);
/* -EILSEQ when the magic or the check is wrong. second: which field, if it is interlaced. */
int stamp_decode(const uint8_t bits[STAMP_BYTES], struct stamp *out, bool *second);

/* Rows at the top of a plane that belong to the stamp and are outside the checksum. */
unsigned int stamp_plane_rows(const struct mem_layout *layout, unsigned int plane);

/*
 * CRC-32C over the visible bytes (no stride padding) of every row outside the stamp, plane after
 * plane, in memory order.
 */
uint32_t stamp_checksum(const void *buf, const struct mem_layout *layout);

/*
 * Read the stamp of a captured buffer of layout->bytes bytes. 0; -EINVAL for a layout that is
 * inconsistent or too small for a stamp; -EILSEQ when there is no whole stamp in it; -EPROTO when
 * it has two fields that are not the first and the second, in this order, of one frame.
 */
int stamp_read(const void *buf, const struct mem_layout *layout, struct stamp *out);

/*
 * stamp_read(), then compare the checksum with the picture: -EBADMSG when they differ. *actual,
 * if not NULL, is the checksum found.
 */
int stamp_check(const void *buf, const struct mem_layout *layout, struct stamp *out,
		uint32_t *actual);

#endif
