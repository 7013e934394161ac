/* SPDX-License-Identifier: MIT */
/*
 * Rendered pictures: one picture in one memory format, every row packed and its CRC known, so that
 * the DMA engine only copies. Nothing is computed for a frame but its stamp.
 *
 *	render_create()			once per signal, picture of a clip, and format
 *	render_stamp_create()		once per frame that is in flight at the same time
 *	for every frame:
 *		render_stamp_set(stamp, number);
 *		for every plane p and row y:
 *			copy render_row(render, stamp, p, y)->bytes, layout->plane[p].stride bytes
 *		crc = render_frame_crc(render, stamp);
 *
 * Surprises:
 * - Rows that are equal share memory: bars are a few rows of 20 KB and stay in the L2 cache.
 * - A row holds stride bytes, its padding already 0, and starts on 64 bytes.
 * - Only plane 0 has rows that change with the frame; the stamp's chroma is always neutral.
 * - There is no global state: renders may be made in any thread. A render does not change after
 *   render_create(); a render_stamp belongs to one thread at a time.
 */
#ifndef VCARD_RENDER_H
#define VCARD_RENDER_H

#include <stdbool.h>
#include <stdint.h>

#include "crc32c.h"
#include "pack.h"
#include "picture.h"
#include "stamp.h"

#define RENDER_ALIGN	64

struct render_row {
	const uint8_t *bytes;	/* stride bytes, aligned to RENDER_ALIGN */
	uint32_t crc;		/* CRC-32C of those stride bytes */
};

struct render_plane {
	struct render_row *row;		/* layout.plane[].rows of them */
	struct crc32c_shift shift;	/* appends one row (stride bytes) to a CRC */
};

struct render {
	struct mem_layout layout;
	struct render_plane plane[MEM_PLANES_MAX];
	uint32_t checksum;		/* the stamp's: stamp_checksum() of the finished buffer */
	unsigned int rows_distinct;	/* rows held in memory, over all planes */
	uint8_t *memory;		/* the packed rows */
	size_t memory_bytes;
	uint32_t rest_crc;		/* CRC of all that follows the stamp rows of plane 0 */
	struct crc32c_shift rest_shift;	/* appends that to a CRC */
	/* the stamp's building blocks */
	uint32_t cell_bytes;			/* of one cell in one row of plane 0 */
	uint8_t *cell[2];			/* a black and a white cell */
	uint32_t tail_crc[STAMP_ROWS];		/* plane 0: CRC of what is right of the cells */
	struct crc32c_shift tail_shift;		/* appends that tail to a CRC */
};

/*
 * 0; -EINVAL when layout is inconsistent, differs from the source in size, or is too small for a
 * stamp; -ENOMEM; or what the source failed with. An 8K picture takes 20..300 ms.
 */
int render_create(struct render **out, const struct picture_source *src, unsigned int frame,
		  const struct mem_layout *layout, struct picture_colour colour);
void render_destroy(struct render *render);

/* Plane 0's first STAMP_ROWS rows, for one frame number at a time. */
struct render_stamp {
	const struct render *render;	/* must live as long as the stamp */
	bool interlaced;		/* it says which field a row is of */
	uint64_t frame;			/* the number the rows now show */
	struct render_row row[STAMP_ROWS];
	uint8_t *memory;
};

int render_stamp_create(struct render_stamp **out, const struct render *render, bool interlaced);
void render_stamp_destroy(struct render_stamp *stamp);
/* Draw another frame number: a few microseconds, at any size. */
void render_stamp_set(struct render_stamp *stamp, uint64_t frame);

static inline const struct render_row *render_row(const struct render *render,
						  const struct render_stamp *stamp,
						  unsigned int plane, unsigned int y)
{
	if (plane == 0 && y < STAMP_ROWS)
		return &stamp->row[y];
	return &render->plane[plane].row[y];
}

/* CRC-32C of the whole buffer, layout.bytes bytes, as copied row by row. Under a microsecond. */
uint32_t render_frame_crc(const struct render *render, const struct render_stamp *stamp);

#endif
