// SPDX-License-Identifier: MIT
/* Sources: tests/vcard/stamp.c tests/vcard/pack.c tests/vcard/crc32c.c */
/*
 * Description: the stamp's bits, and reading it from buffers painted here by hand, so that the
 * reader is tested without the card's writer.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "crc32c.h"
#include "stamp.h"
#include "unit.h"

/* "K8", frame, checksum, low half of 0x4d015437, their CRC-32C worked out bit by bit */
static const uint8_t sample_bits[16] = {
	0x4b, 0x38, 0x01, 0x23, 0x45, 0x67, 0x89, 0xab,
	0xcd, 0xef, 0xde, 0xad, 0xbe, 0xef, 0x54, 0x37
};

static void test_bits(void)
{
	struct stamp stamp = { 0x0123456789abcdef, 0xdeadbeef, false }, back = { 0 };
	uint8_t bits[STAMP_BYTES];
	bool second = true;

	stamp_encode(&stamp, false, bits);
	CU_ASSERT_EQUAL(memcmp(bits, sample_bits, sizeof(bits)), 0);
	stamp_encode(&stamp, true, bits);
	CU_ASSERT_EQUAL(memcmp(bits, sample_bits, sizeof(bits)), 0);
	CU_ASSERT_EQUAL(stamp_decode(sample_bits, &back, &second), 0);
	CU_ASSERT_FALSE(back.interlaced);
	CU_ASSERT_FALSE(second);
	CU_ASSERT_EQUAL(back.frame, 0x0123456789abcdef);
	CU_ASSERT_EQUAL(back.checksum, 0xdeadbeef);

	stamp.interlaced = true;
	for (unsigned int field = 0; field < 2; field++) {
		stamp_encode(&stamp, field, bits);
		CU_ASSERT_EQUAL(bits[0], 0x4b);
		CU_ASSERT_EQUAL(bits[1], 0x31 + field);
		CU_ASSERT_EQUAL(memcmp(bits + 2, sample_bits + 2, 12), 0);
		CU_ASSERT_EQUAL(stamp_decode(bits, &back, &second), 0);
		CU_ASSERT(back.interlaced);
		CU_ASSERT_EQUAL(second, field == 1);
	}
}

/* Any single wrong bit must show. */
static void test_damaged_bits(void)
{
	struct stamp stamp;
	bool second;

	for (int bit = 0; bit < STAMP_BITS; bit++) {
		uint8_t bits[STAMP_BYTES];

		memcpy(bits, sample_bits, sizeof(bits));
		bits[bit / 8] ^= 1 << bit % 8;
		CU_ASSERT_EQUAL(stamp_decode(bits, &stamp, &second), -EILSEQ);
	}
}

static void test_geometry(void)
{
	struct mem_layout layout;

	CU_ASSERT_EQUAL(STAMP_CELLS * STAMP_CELL_ROWS, 128);
	CU_ASSERT(STAMP_WIDTH <= 1280);
	CU_ASSERT_EQUAL(STAMP_CELL_WIDTH % 12, 0);
	CU_ASSERT_EQUAL(STAMP_CELL_HEIGHT % 4, 0);
	mem_layout_init(&layout, KINORA_FMT_NV12, 1280, 720, 0);
	CU_ASSERT_EQUAL(stamp_plane_rows(&layout, 0), 16);
	CU_ASSERT_EQUAL(stamp_plane_rows(&layout, 1), 8);
	mem_layout_init(&layout, KINORA_FMT_NV16, 1280, 720, 0);
	CU_ASSERT_EQUAL(stamp_plane_rows(&layout, 1), 16);
}

/* A black or white luma sample at (x, y), written as the format documents it. */
static void paint(uint8_t *buf, const struct mem_layout *layout, unsigned int x, unsigned int y,
		  int white)
{
	uint8_t *row = buf + layout->plane[0].offset + y * layout->plane[0].stride;
	/* of luma 0..5 in a group: words of three 10-bit fields, C Y C, Y C Y, C Y C, Y C Y */
	static const unsigned int v210_bit[6] = { 10, 32, 52, 74, 96, 116 };
	unsigned int luma = white ? 940 : 64, bit;

	switch (layout->format) {
	case KINORA_FMT_UYVY:
		row[x / 2 * 4 + (x % 2 ? 3 : 1)] = luma / 4;
		break;
	case KINORA_FMT_YUYV:
		row[x / 2 * 4 + (x % 2 ? 2 : 0)] = luma / 4;
		break;
	case KINORA_FMT_NV12:
	case KINORA_FMT_NV16:
		row[x] = luma / 4;
		break;
	case KINORA_FMT_P010:
		row[2 * x] = luma << 6 & 0xff;
		row[2 * x + 1] = luma >> 2;
		break;
	case KINORA_FMT_Y210:
		row[x / 2 * 8 + (x % 2 ? 4 : 0)] = luma << 6 & 0xff;
		row[x / 2 * 8 + (x % 2 ? 4 : 0) + 1] = luma >> 2;
		break;
	case KINORA_FMT_V210:
		/* chroma of the opposite kind, so that a reader off by a field cannot be right */
		if (x % 6 == 0)
			memset(row + x / 6 * 16, white ? 0 : 0xff, 16);
		bit = v210_bit[x % 6];
		for (unsigned int i = 0; i < 10; i++, bit++) {
			uint8_t *byte = row + x / 6 * 16 + bit / 8;

			*byte = (*byte & ~(1 << bit % 8)) | (luma >> i & 1) << bit % 8;
		}
		break;
	case KINORA_FMT_XBGR32:
		memset(row + 4 * x, white ? 255 : 0, 3);
		break;
	case KINORA_FMT_RGBX1010102:
		row[4 * x] = white ? 0xfc : 0;
		memset(row + 4 * x + 1, white ? 255 : 0, 3);
		break;
	}
}

/* Lines from `from` on, every `step`. */
static void paint_lines(uint8_t *buf, const struct mem_layout *layout, const uint8_t bits[16],
			unsigned int from, unsigned int step)
{
	for (unsigned int y = from; y < 16; y += step)
		for (unsigned int x = 0; x < 32 * 36; x++) {
			unsigned int bit = y / 4 * 32 + x / 36;

			paint(buf, layout, x, y, bits[bit / 8] >> (7 - bit % 8) & 1);
		}
}

static void paint_stamp(uint8_t *buf, const struct mem_layout *layout, const uint8_t bits[16])
{
	paint_lines(buf, layout, bits, 0, 1);
}

/* The checksum, the slow way: visible bytes below the stamp put behind each other. */
static uint32_t checksum_by_copy(const uint8_t *buf, const struct mem_layout *layout)
{
	uint8_t *all = malloc(layout->bytes);
	size_t used = 0;
	uint32_t crc;

	for (unsigned int p = 0; p < layout->planes; p++) {
		int half = p && (layout->format == KINORA_FMT_NV12 ||
				 layout->format == KINORA_FMT_P010);

		for (unsigned int y = half ? 8 : 16; y < layout->plane[p].rows; y++) {
			memcpy(all + used, buf + layout->plane[p].offset +
			       (size_t)y * layout->plane[p].stride, layout->plane[p].row_bytes);
			used += layout->plane[p].row_bytes;
		}
	}
	crc = crc32c(0, all, used);
	free(all);
	return crc;
}

static void test_read(void)
{
	for (uint32_t format = 0; format < KINORA_FMTS; format++) {
		struct mem_layout layout;
		struct stamp stamp = { 0 }, want = { .frame = 77 };
		uint8_t bits[STAMP_BYTES], *buf;
		uint32_t actual = 0;

		/* strides with padding, which must not count */
		CU_ASSERT_EQUAL_FATAL(mem_layout_init(&layout, format, 1280, 720, 5120 + 128), 0);
		buf = malloc(layout.bytes);
		for (size_t i = 0; i < layout.bytes; i++)
			buf[i] = i * 2654435761u >> 13;

		CU_ASSERT_EQUAL(stamp_read(buf, &layout, &stamp), -EILSEQ);
		paint_stamp(buf, &layout, sample_bits);
		CU_ASSERT_EQUAL(stamp_read(buf, &layout, &stamp), 0);
		CU_ASSERT_EQUAL(stamp.frame, 0x0123456789abcdef);
		CU_ASSERT_EQUAL(stamp.checksum, 0xdeadbeef);
		CU_ASSERT_EQUAL(stamp_check(buf, &layout, &stamp, &actual), -EBADMSG);
		CU_ASSERT_EQUAL(actual, checksum_by_copy(buf, &layout));

		want.checksum = actual;
		stamp_encode(&want, false, bits);
		paint_stamp(buf, &layout, bits);
		CU_ASSERT_EQUAL(stamp_check(buf, &layout, &stamp, NULL), 0);
		CU_ASSERT_EQUAL(stamp.frame, 77);

		buf[layout.plane[0].row_bytes + 20 * layout.plane[0].stride] ^= 1;
		CU_ASSERT_EQUAL(stamp_check(buf, &layout, &stamp, NULL), 0);	/* padding */
		buf[layout.plane[0].row_bytes - 1 + 20 * layout.plane[0].stride] ^= 1;
		CU_ASSERT_EQUAL(stamp_check(buf, &layout, &stamp, NULL), -EBADMSG);
		buf[layout.plane[0].row_bytes - 1 + 20 * layout.plane[0].stride] ^= 1;
		buf[layout.bytes - layout.plane[0].stride] ^= 0x80;
		CU_ASSERT_EQUAL(stamp_check(buf, &layout, &stamp, NULL), -EBADMSG);
		free(buf);
	}
}

/* Two fields as they should be; the other way round; of two frames; twice the same; one alone. */
static void test_fields(void)
{
	struct stamp a = { 7, 99, true }, b = { 8, 99, true }, found;
	uint8_t first[STAMP_BYTES], second[STAMP_BYTES], next[STAMP_BYTES], *buf;
	struct mem_layout layout;

	stamp_encode(&a, false, first);
	stamp_encode(&a, true, second);
	stamp_encode(&b, true, next);
	for (uint32_t format = 0; format < KINORA_FMTS; format++) {
		CU_ASSERT_EQUAL_FATAL(mem_layout_init(&layout, format, 1920, 1080, 0), 0);
		buf = calloc(1, layout.bytes);
		paint_lines(buf, &layout, first, 0, 2);
		paint_lines(buf, &layout, second, 1, 2);
		CU_ASSERT_EQUAL(stamp_read(buf, &layout, &found), 0);
		CU_ASSERT_EQUAL(found.frame, 7);
		CU_ASSERT_EQUAL(found.checksum, 99);
		CU_ASSERT(found.interlaced);
		paint_lines(buf, &layout, second, 0, 2);
		CU_ASSERT_EQUAL(stamp_read(buf, &layout, &found), -EPROTO);
		paint_lines(buf, &layout, first, 1, 2);
		CU_ASSERT_EQUAL(stamp_read(buf, &layout, &found), -EPROTO);
		paint_lines(buf, &layout, first, 0, 2);
		CU_ASSERT_EQUAL(stamp_read(buf, &layout, &found), -EPROTO);
		paint_lines(buf, &layout, next, 1, 2);
		CU_ASSERT_EQUAL(stamp_read(buf, &layout, &found), -EPROTO);
		paint_lines(buf, &layout, sample_bits, 1, 2);
		CU_ASSERT_EQUAL(stamp_read(buf, &layout, &found), -EPROTO);
		paint_lines(buf, &layout, (const uint8_t[16]){ 0 }, 1, 2);
		CU_ASSERT_EQUAL(stamp_read(buf, &layout, &found), -EILSEQ);
		free(buf);
	}
}

static void test_no_room(void)
{
	struct mem_layout layout;
	struct stamp stamp;
	uint8_t byte = 0;

	mem_layout_init(&layout, KINORA_FMT_UYVY, 1150, 720, 0);
	CU_ASSERT_EQUAL(stamp_read(&byte, &layout, &stamp), -EINVAL);
	mem_layout_init(&layout, KINORA_FMT_UYVY, 1280, 14, 0);
	CU_ASSERT_EQUAL(stamp_read(&byte, &layout, &stamp), -EINVAL);
	mem_layout_init(&layout, KINORA_FMT_UYVY, 1280, 720, 0);
	layout.bytes--;
	CU_ASSERT_EQUAL(stamp_check(&byte, &layout, &stamp, NULL), -EINVAL);
}

int main(void)
{
	static CU_TestInfo tests[] = {
		{ "bits", test_bits },
		{ "damaged bits", test_damaged_bits },
		{ "geometry", test_geometry },
		{ "painted by hand, every format", test_read },
		{ "fields", test_fields },
		{ "no room for a stamp", test_no_room },
		CU_TEST_INFO_NULL,
	};

	return unit_run("stamp", tests);
}
