/* SPDX-License-Identifier: MIT */
/*
 * Memory formats: from a canonical picture row (10-bit 4:2:2, picture.h) to the bytes a capture
 * buffer holds, and the layout of such a buffer.
 *
 * Surprises:
 * - 4:2:0 formats take two canonical rows to make one chroma row (their mean, MPEG-2 siting).
 * - 8-bit samples are the 10-bit ones rounded, never 0 or 255, which SDI reserves.
 * - RGB is full range, whatever the range of the signal; its chroma is interpolated linearly.
 * - A v210 row is padded to 128 bytes, and what the last group of six pixels does not use is 0.
 */
#ifndef VCARD_PACK_H
#define VCARD_PACK_H

#include <stdint.h>

#include "kinora_hw.h"		/* KINORA_FMT_* */
#include "picture.h"

#define MEM_PLANES_MAX	2

struct mem_plane {
	uint32_t offset;	/* bytes from the start of the buffer to the first row */
	uint32_t stride;	/* bytes from one row to the next */
	uint32_t row_bytes;	/* visible bytes of a row, <= stride; the rest is written as 0 */
	uint32_t rows;
};

struct mem_layout {
	uint32_t format;	/* KINORA_FMT_* */
	uint32_t width;		/* pixels, even */
	uint32_t height;	/* rows of the picture */
	uint32_t planes;	/* used entries of plane[] */
	struct mem_plane plane[MEM_PLANES_MAX];
	uint32_t bytes;		/* the whole buffer: the sum of stride * rows over the planes */
	uint32_t rgb;		/* KINORA_STREAM_RGB_*: how RGB on the wire is to be read */
};

/*
 * Lay out a picture of width x height in a format. stride is that of plane 0 in bytes and 0 means
 * the smallest the format allows; plane 1 (NV12, NV16, P010) has the same stride and directly
 * follows plane 0. Returns 0, or -EINVAL for what mem_layout_check() refuses.
 */
int mem_layout_init(struct mem_layout *layout, uint32_t format, uint32_t width, uint32_t height,
		    uint32_t stride);

/*
 * The same from the numbers a host wrote into the stream registers, which all have to agree:
 * stride1 and plane1 are 0 where there is one plane. -EINVAL otherwise.
 */
int mem_layout_init_host(struct mem_layout *layout, uint32_t format, uint32_t width,
			 uint32_t height, uint32_t stride0, uint32_t stride1, uint32_t plane1,
			 uint32_t bytes);

/*
 * For layouts that came from elsewhere. -EINVAL for an unknown format, a width that is 0, odd or
 * above 8K, a height that is 0, above 8K or odd in 4:2:0, a stride that is too small (or for v210
 * no multiple of 128), planes that do not follow each other, or other numbers that disagree.
 */
int mem_layout_check(const struct mem_layout *layout);

/* A format's name as users write it ("v210"), or NULL. */
const char *mem_format_name(uint32_t format);

/* How many canonical rows make one row of this plane: 2 for 4:2:0 chroma, otherwise 1. */
unsigned int pack_rows_needed(uint32_t format, unsigned int plane);

/*
 * Pack one row of one plane: exactly plane[].row_bytes bytes at out, no padding.
 * below is the canonical row after row where pack_rows_needed() says 2, otherwise ignored.
 */
void pack_row(const struct mem_layout *layout, unsigned int plane, struct picture_colour colour,
	      const struct picture_row *row, const struct picture_row *below, uint8_t *out);

#endif
