// SPDX-License-Identifier: MIT
/*
 * Reading stamps out of captured buffers. Everything is computed from the buffer, never taken from
 * the card, so that it can prove the card and the driver wrong.
 */
#include <endian.h>
#include <errno.h>
#include <stdbool.h>
#include <string.h>

#include "crc32c.h"
#include "stamp.h"

static void put_be(uint8_t *p, uint64_t v, int bytes)
{
	while (bytes--) {
		p[bytes] = v;
		v >>= 8;
	}
}

static uint64_t get_be(const uint8_t *p, int bytes)
{
	uint64_t v = 0;

	while (bytes--)
		v = v << 8 | *p++;
	return v;
}

void stamp_encode(const struct stamp *stamp, bool second, uint8_t bits[STAMP_BYTES])
{
	uint16_t magic = STAMP_MAGIC;

	if (stamp->interlaced)
		magic = second ? STAMP_MAGIC_SECOND : STAMP_MAGIC_FIRST;
	put_be(bits, magic, 2);
	put_be(bits + 2, stamp->frame, 8);
	put_be(bits + 10, stamp->checksum, 4);
	put_be(bits + 14, crc32c(0, bits, 14), 2);
}

int stamp_decode(const uint8_t bits[STAMP_BYTES], struct stamp *out, bool *second)
{
	uint64_t magic = get_be(bits, 2);

	if ((magic != STAMP_MAGIC && magic != STAMP_MAGIC_FIRST && magic != STAMP_MAGIC_SECOND) ||
	    get_be(bits + 14, 2) != (crc32c(0, bits, 14) & 0xffff))
		return -EILSEQ;
	out->interlaced = magic != STAMP_MAGIC;
	*second = magic == STAMP_MAGIC_SECOND;
	out->frame = get_be(bits + 2, 8);
	out->checksum = get_be(bits + 10, 4);
	return 0;
}

unsigned int stamp_plane_rows(const struct mem_layout *layout, unsigned int plane)
{
	return STAMP_ROWS / pack_rows_needed(layout->format, plane);
}

uint32_t stamp_checksum(const void *buf, const struct mem_layout *layout)
{
	uint32_t crc = 0;

	for (unsigned int p = 0; p < layout->planes; p++) {
		const struct mem_plane *plane = &layout->plane[p];
		const uint8_t *start = (const uint8_t *)buf + plane->offset;

		for (uint32_t y = stamp_plane_rows(layout, p); y < plane->rows; y++)
			crc = crc32c(crc, start + (size_t)y * plane->stride, plane->row_bytes);
	}
	return crc;
}

static uint32_t get16(const uint8_t *p)
{
	uint16_t v;

	memcpy(&v, p, sizeof(v));
	return le16toh(v);
}

static uint32_t get32(const uint8_t *p)
{
	uint32_t v;

	memcpy(&v, p, sizeof(v));
	return le32toh(v);
}

/* Where a v210 group of six pixels keeps its luma: word and lowest bit. */
static const struct {
	uint8_t byte, shift;
} v210_luma[6] = { { 0, 10 }, { 4, 0 }, { 4, 20 }, { 8, 10 }, { 12, 0 }, { 12, 20 } };

/* Is pixel x of this row nearer to white? RGB is judged by G; cells have neutral chroma. */
static bool pixel_is_white(const uint8_t *row, uint32_t format, unsigned int x)
{
	switch (format) {
	case KINORA_FMT_UYVY:
		return row[2 * x + 1] >= 126;
	case KINORA_FMT_YUYV:
		return row[2 * x] >= 126;
	case KINORA_FMT_NV12:
	case KINORA_FMT_NV16:
		return row[x] >= 126;
	case KINORA_FMT_P010:
		return get16(row + 2 * x) >> 6 >= 502;
	case KINORA_FMT_Y210:
		return get16(row + 4 * x) >> 6 >= 502;
	case KINORA_FMT_V210:
		return (get32(row + x / 6 * 16 + v210_luma[x % 6].byte) >>
			v210_luma[x % 6].shift & 0x3ff) >= 502;
	case KINORA_FMT_XBGR32:
		return row[4 * x + 1] >= 128;
	default:	/* KINORA_FMT_RGBX1010102 */
		return (get32(row + 4 * x) >> 12 & 0x3ff) >= 512;
	}
}

/*
 * The majority of some pixels of one line well inside the cell, its edges may be blurred: line 2 is
 * of the first field, line 1 of the second.
 */
static bool cell_is_white(const uint8_t *plane, const struct mem_layout *layout, unsigned int cell,
			  bool second)
{
	unsigned int left = cell % STAMP_CELLS * STAMP_CELL_WIDTH;
	unsigned int top = cell / STAMP_CELLS * STAMP_CELL_HEIGHT;
	const uint8_t *row = plane + (size_t)(top + (second ? 1 : 2)) * layout->plane[0].stride;
	unsigned int white = 0, seen = 0;

	for (unsigned int x = 5; x < STAMP_CELL_WIDTH - 5; x += 5, seen++)
		white += pixel_is_white(row, layout->format, left + x);
	return 2 * white > seen;
}

int stamp_read(const void *buf, const struct mem_layout *layout, struct stamp *out)
{
	const uint8_t *plane = (const uint8_t *)buf + layout->plane[0].offset;
	uint8_t bits[2][STAMP_BYTES] = { { 0 } };
	bool second[2];
	struct stamp other;

	if (mem_layout_check(layout) || layout->width < STAMP_WIDTH || layout->height < STAMP_ROWS)
		return -EINVAL;
	for (unsigned int cell = 0; cell < STAMP_BITS; cell++)
		for (unsigned int field = 0; field < 2; field++)
			if (cell_is_white(plane, layout, cell, field))
				bits[field][cell / 8] |= 0x80 >> cell % 8;
	if (stamp_decode(bits[0], out, &second[0]) || stamp_decode(bits[1], &other, &second[1]))
		return -EILSEQ;
	if (out->frame != other.frame || out->checksum != other.checksum ||
	    out->interlaced != other.interlaced || second[0] || second[1] != out->interlaced)
		return -EPROTO;
	return 0;
}

int stamp_check(const void *buf, const struct mem_layout *layout, struct stamp *out,
		uint32_t *actual)
{
	int ret = stamp_read(buf, layout, out);
	uint32_t checksum;

	if (ret)
		return ret;
	checksum = stamp_checksum(buf, layout);
	if (actual)
		*actual = checksum;
	return checksum == out->checksum ? 0 : -EBADMSG;
}
